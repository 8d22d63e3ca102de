package dev.longwire.sdk.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What an input led to. */
public final class Step {
    public final Session session;
    public final List<Effect> effects;

    private Step(Session session, List<Effect> effects) {
        this.session = session;
        this.effects = effects;
    }

    static Step only(Session session) {
        return new Step(session, Collections.<Effect>emptyList());
    }

    static Step of(Session session, Effect... effects) {
        return new Step(session, Collections.unmodifiableList(Arrays.asList(effects)));
    }

    /** Leaves the socket that {@code before} has, if it has one, then does the rest. */
    static Step leaving(Session before, Session session, Effect... rest) {
        List<Effect> effects = new ArrayList<>();
        if (before.phase.hasSocket()) {
            effects.add(Effect.ofSocket(Effect.Kind.CLOSE, before.socket));
        }
        effects.addAll(Arrays.asList(rest));
        return new Step(session, Collections.unmodifiableList(effects));
    }
}
