package dev.longwire.sdk.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.longwire.sdk.Push;
import dev.longwire.sdk.StopReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
    private static final Identity IDENTITY = new Identity("cccc", "token");

    private final SessionRules rules = new SessionRules() {
        @Override
        public double random() {
            return 0.5;
        }
    };
    private Session session = Session.NEW;
    private long now = 1_000;
    private List<Effect> did = Collections.emptyList();

    SessionTest() {
        rules.canRegister = true;
        rules.reconnectMinMs = 1_000;
        rules.reconnectMaxMs = 60_000;
        rules.stableMs = 30_000;
        rules.openTimeoutMs = 15_000;
        rules.loginTimeoutMs = 10_000;
        rules.probeTimeoutMs = 5_000;
    }

    private SessionTest on(Input input) {
        Step step = SessionStep.step(session, input, now, rules);
        session = step.session;
        did = step.effects;
        return this;
    }

    private SessionTest frame(ServerFrame frame) {
        return on(Input.frame(session.socket, frame));
    }

    private SessionTest opened() {
        return on(Input.opened(session.socket));
    }

    private SessionTest closed(int code) {
        return on(Input.closed(session.socket, code, 0));
    }

    private SessionTest welcomed() {
        return frame(new ServerFrame.Welcome(60_000, null, 3));
    }

    private SessionTest online() {
        return on(Input.start(IDENTITY)).opened().welcomed();
    }

    private SessionTest due() {
        now = session.phase.dueAt();
        return on(Input.tick());
    }

    private SessionTest later(long ms) {
        now += ms;
        return this;
    }

    private SessionTest refused(String reason) {
        return frame(new ServerFrame.Fault("bad_credentials", "m", null, reason, 77L)).closed(4401);
    }

    private String kinds() {
        List<String> kinds = new ArrayList<>();
        for (Effect effect : did) {
            kinds.add(effect.kind.name() + (effect.text == null ? "" : " " + effect.text));
        }
        return String.join(", ", kinds);
    }

    private String phase() {
        return session.phase instanceof Phase.Stopped ? "Stopped " + ((Phase.Stopped) session.phase).reason : session.phase.getClass().getSimpleName();
    }

    private long waitMs() {
        return session.phase.dueAt() - now;
    }

    @Test
    void registersThenLogsInOnTheSameConnection() {
        on(Input.start(null));
        assertEquals("OPEN", kinds());
        assertEquals("SIGN", opened().kinds());
        assertEquals("SEND frame", on(Input.signed(1, "frame")).kinds());
        assertEquals("REGISTERED, LOGIN", frame(new ServerFrame.Registered(IDENTITY)).kinds());
        assertEquals("WELCOME", welcomed().kinds());
        assertEquals("Online", phase());
    }

    @Test
    void onlyLogsInWithAStoredIdentity() {
        assertEquals("LOGIN", on(Input.start(IDENTITY)).opened().kinds());
    }

    @Test
    void stopsWhereThereIsNoIdentityAndNoWayToGetOne() {
        rules.canRegister = false;
        assertEquals("Stopped CANNOT_REGISTER", on(Input.start(null)).phase());
    }

    @Test
    void givesEachPhaseUpWhenItTakesTooLong() {
        on(Input.start(IDENTITY));
        assertEquals(15_000, waitMs());
        assertEquals("CLOSE", due().kinds());
        assertEquals("Waiting", phase());
        due().opened();
        assertEquals(10_000, waitMs());
        assertEquals("Waiting", due().phase());
    }

    @ParameterizedTest
    @CsvSource({"1000, LOGOUT", "4403, FORBIDDEN", "4409, REPLACED"})
    void someCodesStopForGood(int code, StopReason reason) {
        assertEquals("Stopped " + reason, online().closed(code).phase());
        assertEquals("", on(Input.networkChanged()).kinds());
    }

    @ParameterizedTest
    @ValueSource(ints = {4400, 4408, 4413, 4429, 4503, 1006, 1001, 1005, 1011})
    void otherCodesBackOff(int code) {
        assertEquals("Waiting", online().closed(code).phase());
        assertEquals(500, waitMs());
    }

    @ParameterizedTest
    @CsvSource({"replaced, REPLACED", "blacklisted, FORBIDDEN", "admin, ADMIN", "later, FORBIDDEN"})
    void aKickDecidesWhateverCodeComesAfterIt(String reason, StopReason stop) {
        assertEquals("Stopped " + stop, online().frame(new ServerFrame.Kick(reason)).closed(1006).phase());
    }

    @Test
    void aKickDecidesAlsoWhereNoCloseIsHeardAfterIt() {
        assertEquals("SEND " + Frames.PING, online().frame(new ServerFrame.Kick("replaced")).due().kinds());
        assertEquals("CLOSE", due().kinds());
        assertEquals("Stopped REPLACED", phase());
    }

    @Test
    void aKickDecidesAlsoWhereTheNodeIsToBeLeft() {
        online().frame(new ServerFrame.Reconnect(5_000)).frame(new ServerFrame.Kick("replaced"));
        assertEquals("CLOSE", due().kinds());
        assertEquals("Stopped REPLACED", phase());
    }

    @Test
    void waitsLongerWithEachFailureUpToAMinuteUntilAConnectionHeld() {
        online().closed(1006);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waits.add(waitMs());
            due().closed(1006);
        }
        assertEquals("[500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]", waits.toString());
        due().opened().welcomed().later(29_999).closed(1006);
        assertEquals(30_000, waitMs());
        due().opened().welcomed().later(30_000).closed(1006);
        assertEquals(500, waitMs());
    }

    @Test
    void aRefusedTokenRegistersAnewOnceThenStops() {
        on(Input.start(IDENTITY)).opened().refused("token");
        assertEquals("Waiting", phase());
        assertEquals("SIGN", due().opened().kinds());
        frame(new ServerFrame.Registered(new Identity("dddd", "fresh")));
        assertEquals("Stopped REFUSED", refused("token").phase());
    }

    @Test
    void aRefusedTokenStopsWhereTheDeviceCanNotRegister() {
        rules.canRegister = false;
        assertEquals("Stopped REFUSED", on(Input.start(IDENTITY)).opened().refused("token").phase());
    }

    @ParameterizedTest
    @ValueSource(strings = {"clock", "nonce"})
    void aClockOrANonceThatWasRefusedIsTriedAgainForEver(String reason) {
        on(Input.start(null));
        for (int i = 0; i < 20; i++) {
            opened();
            frame(new ServerFrame.Fault("bad_credentials", "m", null, reason, 77L));
            assertEquals(reason.equals("clock") ? "FAULT, CLOCK" : "FAULT", kinds());
            assertEquals("Waiting", closed(4401).phase());
            due();
        }
    }

    @ParameterizedTest
    @CsvSource({"sign, false, Stopped REFUSED", "sign, true, Waiting", ", false, Stopped REFUSED", ", true, Waiting"})
    void aRefusedSignStopsUnlessTheAppsBackendMayRecover(String reason, boolean mayRecover, String phase) {
        rules.signingMayRecover = mayRecover;
        assertEquals(phase, on(Input.start(null)).opened().refused(reason).phase());
    }

    @Test
    void whatASocketBeforeWasRefusedForIsForgotten() {
        rules.canRegister = false;
        on(Input.start(IDENTITY)).opened().refused("clock").due().opened();
        assertEquals("Stopped REFUSED", closed(4401).phase());
    }

    @Test
    void signingThatFailsIsTriedAgain() {
        assertEquals("Waiting", on(Input.start(null)).opened().on(Input.signFailed(1)).phase());
        assertEquals("SIGN", due().opened().kinds());
    }

    @Test
    void aDrainingNodeIsLeftWhenItSaid() {
        online().frame(new ServerFrame.Reconnect(2_000));
        assertEquals(2_000, waitMs());
        assertEquals("CLOSE, OPEN", due().kinds());
        opened().welcomed().frame(new ServerFrame.Reconnect(2_000)).later(500).closed(4503);
        assertEquals(1_500, waitMs());
        assertEquals("", on(Input.networkChanged()).kinds());
        assertEquals("OPEN", due().kinds());
        opened().welcomed().frame(new ServerFrame.Reconnect(10_000_000));
        assertEquals(60_000, waitMs());
        closed(4503);
        assertEquals(SessionMoves.MAX_AFTER_MS, waitMs());
    }

    @Test
    void aDrainingNodeIsNotComeBackToBeforeWhateverEndsTheConnection() {
        online().frame(new ServerFrame.Reconnect(7_000)).on(Input.overflow());
        assertEquals(7_000, waitMs());
        assertEquals("", later(6_999).on(Input.networkChanged()).kinds());
        assertEquals("OPEN", later(1).on(Input.networkChanged()).kinds());
    }

    @Test
    void aServerThatIsFullSaysWhenToComeBack() {
        on(Input.start(IDENTITY)).on(Input.closed(1, 1006, 7_000));
        assertEquals(7_000, waitMs());
        due().opened().frame(new ServerFrame.Reconnect(9_000)).closed(4429);
        assertEquals(9_000, waitMs());
        due().opened().welcomed().closed(1006);
        assertTrue(waitMs() <= 4_000, "it counts once");
    }

    @Test
    void pingsWhenQuietAndLeavesWhenNothingAnswers() {
        online();
        assertEquals(60_000, waitMs());
        assertEquals("SEND " + Frames.PING, due().kinds());
        assertEquals(30_000, waitMs());
        later(10_000).frame(new ServerFrame.Pong());
        assertEquals(50_000, waitMs());
        assertEquals("SEND " + Frames.PING, due().kinds());
        assertEquals("CLOSE", due().kinds());
        assertEquals("Waiting", phase());
    }

    @Test
    void sendingAloneDoesNotKeepADeadConnection() {
        online();
        for (int i = 0; i < 8; i++) {
            later(10_000).on(Input.tick()).on(Input.sent());
        }
        assertEquals("Online", phase());
        assertEquals("CLOSE", later(10_000).on(Input.tick()).kinds());
    }

    @Test
    void aChangeOfNetworkAsksAtOnceWithLessPatience() {
        assertEquals("SEND " + Frames.PING, online().on(Input.networkChanged()).kinds());
        assertEquals(5_000, waitMs());
        assertEquals("Waiting", due().phase());
        assertEquals("OPEN", on(Input.networkChanged()).kinds());
        assertEquals("", on(Input.networkChanged()).kinds());
    }

    @Test
    void aPositionThatTheServerDoesNotKnowIsForgotten() {
        assertEquals("FAULT, FORGET seq", online().frame(new ServerFrame.Fault("bad_position", "m", "seq", null, null)).kinds());
        assertEquals("FAULT", frame(new ServerFrame.Fault("bad_position", "m", "other", null, null)).kinds());
    }

    @Test
    void aPushThatOutranTheWelcomeIsTakenAndOneBeforeTheLoginIsNot() {
        ServerFrame push = new ServerFrame.PushFrame(new Delivered(1L, null, Push.transmission("i", "t", 0, 0, "x")));
        assertEquals("", on(Input.start(IDENTITY)).frame(push).kinds());
        assertEquals("PUSH", opened().frame(push).kinds());
    }

    @Test
    void whatAnEarlierSocketSaysIsIgnored() {
        online().closed(1006).due();
        assertEquals("", on(Input.opened(1)).kinds());
        assertEquals("", on(Input.closed(1, 4409, 0)).kinds());
        assertEquals("Opening", phase());
    }

    @Test
    void logoutTellsTheServerAndDoesNotWaitForEver() {
        assertEquals("SEND " + Frames.LOGOUT, online().on(Input.logout()).kinds());
        assertEquals("", on(Input.logout()).kinds());
        assertEquals("CLOSE", due().kinds());
        assertEquals("Stopped LOGOUT", phase());
    }

    @Test
    void anOverflowComesBackLater() {
        assertEquals("CLOSE", online().on(Input.overflow()).kinds());
        assertEquals("Waiting", phase());
    }

    @Test
    void anyOrderOfInputsKeepsTheRules() {
        Random random = new Random(5);
        for (int run = 0; run < 500; run++) {
            session = Session.NEW;
            boolean open = false;
            on(Input.start(random.nextBoolean() ? IDENTITY : null));
            for (int i = 0; i < 60; i++) {
                for (Effect effect : did) {
                    assertFalse(effect.kind == Effect.Kind.OPEN && open, "a second connection beside the first");
                    open = effect.kind == Effect.Kind.OPEN || (open && effect.kind != Effect.Kind.CLOSE);
                }
                Input input = any(random);
                boolean closes = open && input.kind == Input.Kind.CLOSED && input.socket == session.socket;
                now += random.nextInt(20_000);
                on(input);
                open &= !closes;
                if (session.phase.dueAt() != null) {
                    assertTrue(session.phase.dueAt() - now <= 400_000, "it comes back by itself");
                } else {
                    assertInstanceOf(Phase.Stopped.class, session.phase);
                }
            }
        }
    }

    private Input any(Random random) {
        int socket = session.socket - (random.nextInt(8) == 0 ? 1 : 0);
        ServerFrame[] frames = {new ServerFrame.Registered(IDENTITY), new ServerFrame.Welcome(45_000, 5L, 0), new ServerFrame.Pong(),
            new ServerFrame.Reconnect(1_000_000), new ServerFrame.Fault("bad_credentials", "", null, "clock", 5L)};
        switch (random.nextInt(9)) {
            case 0:
                return Input.opened(socket);
            case 1:
            case 2:
                return Input.frame(socket, frames[random.nextInt(frames.length)]);
            case 3:
                return Input.closed(socket, new int[] {1006, 4401, 4429, 4503}[random.nextInt(4)], random.nextInt(9_000));
            case 4:
                return Input.networkChanged();
            case 5:
                return random.nextInt(10) == 0 ? Input.logout() : Input.sent();
            case 6:
                return Input.overflow();
            case 7:
                return Input.signFailed(socket);
            default:
                return Input.tick();
        }
    }
}
