package dev.longwire.sdk.core;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a device says, as texts of frames. */
public final class Frames {
    public static final String SUBPROTOCOL = "longwire.v1";
    public static final String PING = "{\"t\":\"ping\"}";
    public static final String LOGOUT = "{\"t\":\"logout\"}";

    private final Map<String, Object> fields = new LinkedHashMap<>();

    private Frames(String kind) {
        fields.put("t", kind);
    }

    /** @param ts ms since the epoch; the server refuses one that is more than 5 minutes off */
    public static String register(String appId, long ts, String nonce, String sign, Map<String, String> device) {
        Frames frame = new Frames("register").with("appId", appId).with("ts", ts).with("nonce", nonce);
        return frame.with("sign", sign).with("device", device).text();
    }

    /** With what is stored, never with what is only handled: the server forgets all that a login covers. */
    public static String login(String appId, Identity identity, DeviceState stored) {
        boolean own = stored != null && stored.identity.cid.equals(identity.cid);
        Frames frame = new Frames("login").with("appId", appId).with("cid", identity.cid);
        frame.with("token", identity.token).with("seq", own ? stored.seq : 0L);
        return frame.withIfAny("bseq", own ? stored.bseq : null).text();
    }

    public static String ack(Long seq, Long bseq) {
        return new Frames("ack").withIfAny("seq", seq).withIfAny("bseq", bseq).text();
    }

    /** @param aheadMs what the server's clock is ahead of the one that the event is stamped with */
    public static String event(String rid, UserEvent event, long aheadMs) {
        Frames frame = new Frames("event").with("rid", rid).with("task", event.task).with("id", event.id);
        return frame.with("action", event.action).with("at", Math.max(0, event.at + aheadMs)).text();
    }

    /** @param op bind or unbind */
    public static String alias(String rid, String op, String alias) {
        return new Frames("alias").with("rid", rid).with("op", op).with("alias", alias).text();
    }

    public static String tags(String rid, Collection<String> tags) {
        return new Frames("tags").with("rid", rid).with("set", tags).text();
    }

    /** @param token null drops the channel */
    public static String channel(String rid, String kind, String token) {
        Object subscription = token == null ? null : Collections.singletonMap("token", token);
        return new Frames("channel").with("rid", rid).with("kind", kind).with("subscription", subscription).text();
    }

    private Frames with(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    private Frames withIfAny(String name, Object value) {
        return value == null ? this : with(name, value);
    }

    private String text() {
        return Json.write(fields);
    }
}
