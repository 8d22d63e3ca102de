package dev.longwire.sdk.core;

import dev.longwire.sdk.Notification;
import dev.longwire.sdk.Push;
import dev.longwire.sdk.Revoke;

/** Reads what the server sent. Only what this SDK relies on is checked, so that the server may widen the rest. */
public final class FrameReader {
    /** Longest frame that is read, characters. */
    public static final int MAX_CHARS = 1_048_576;

    /** A day: what a server says of times is bounded, lest a sum overflows. */
    private static final long MAX_SECONDS = 86_400;

    private FrameReader() {}

    /** @throws FrameFault naming the kind of frame and what is wrong */
    public static ServerFrame read(String text) throws FrameFault {
        Fields frame;
        try {
            frame = Fields.of(Json.parse(text, MAX_CHARS));
        } catch (JsonFault fault) {
            throw new FrameFault("not JSON: " + fault.getMessage());
        }
        String kind = frame == null ? null : frame.string("t");
        if (kind == null) {
            throw new FrameFault("not a frame");
        }
        switch (kind) {
            case "registered":
                return new ServerFrame.Registered(new Identity(need(kind, "cid", frame.text("cid")), need(kind, "token", frame.text("token"))));
            case "welcome":
                return welcome(frame);
            case "push":
                return new ServerFrame.PushFrame(delivered(frame));
            case "reconnect":
                return new ServerFrame.Reconnect(need(kind, "after", frame.atLeastZero("after", MAX_SECONDS * 1_000)));
            case "kick":
                return new ServerFrame.Kick(need(kind, "reason", frame.text("reason")));
            case "ok":
                return new ServerFrame.Answer(need(kind, "rid", rid(frame)), null);
            case "error":
                return error(frame);
            case "pong":
                return new ServerFrame.Pong();
            default:
                return new ServerFrame.Unknown();
        }
    }

    private static ServerFrame.Welcome welcome(Fields frame) throws FrameFault {
        Double seconds = need("welcome", "heartbeat", frame.number("heartbeat"));
        if (!(seconds > 0)) {
            throw new FrameFault("welcome: heartbeat is not above 0");
        }
        long heartbeatMs = Math.max(1, (long) (Math.min(seconds, MAX_SECONDS) * 1_000));
        Long bseq = need("welcome", "bseq", frame.position("bseq"));
        return new ServerFrame.Welcome(heartbeatMs, frame.position("serverTime"), bseq);
    }

    private static ServerFrame error(Fields frame) throws FrameFault {
        String code = need("error", "code", frame.text("code"));
        String message = frame.string("message");
        ServerFrame.Fault fault = new ServerFrame.Fault(code, message == null ? "" : message, frame.string("field"),
                frame.string("reason"), frame.position("serverTime"));
        String rid = rid(frame);
        return rid == null ? fault : new ServerFrame.Answer(rid, fault);
    }

    private static Delivered delivered(Fields frame) throws FrameFault {
        String id = need("push", "id", frame.text("id"));
        String task = need("push", "task", frame.text("task"));
        return new Delivered(positionOrNone(frame, "seq"), positionOrNone(frame, "bseq"), content(frame, id, task));
    }

    private static Push content(Fields frame, String id, String task) throws FrameFault {
        long at = orZero(frame.position("at"));
        long exp = orZero(frame.position("exp"));
        if (frame.has("notification")) {
            return Push.notification(id, task, at, exp, notification(need("push", "notification", frame.object("notification"))));
        }
        if (frame.has("revoke")) {
            Fields revoke = need("push", "revoke", frame.object("revoke"));
            String of = need("push", "revoke.task", revoke.text("task"));
            return Push.revoke(id, task, at, exp, new Revoke(of, revoke.isTrue("force")));
        }
        return Push.transmission(id, task, at, exp, need("push", "transmission", frame.string("transmission")));
    }

    private static Notification notification(Fields from) throws FrameFault {
        Notification.Builder to = new Notification.Builder();
        to.title = need("push", "notification.title", from.string("title"));
        to.body = need("push", "notification.body", from.string("body"));
        to.clickType = from.string("clickType");
        to.url = from.string("url");
        to.intent = from.string("intent");
        to.payload = from.string("payload");
        to.logo = from.string("logo");
        to.logoUrl = from.string("logoUrl");
        to.channelId = from.string("channelId");
        to.channelName = from.string("channelName");
        to.channelLevel = from.integer("channelLevel");
        to.badgeAddNum = from.integer("badgeAddNum");
        to.notifyId = from.integer("notifyId");
        return to.build();
    }

    /** An integer or a text, as a text. */
    private static String rid(Fields frame) {
        Object value = frame.get("rid");
        return value instanceof Long ? value.toString() : frame.text("rid");
    }

    private static Long positionOrNone(Fields frame, String name) throws FrameFault {
        return frame.has(name) ? need("push", name, frame.position(name)) : null;
    }

    private static long orZero(Long value) {
        return value == null ? 0 : value;
    }

    private static <T> T need(String kind, String field, T value) throws FrameFault {
        if (value == null) {
            throw new FrameFault(kind + ": " + field + " is missing or wrong");
        }
        return value;
    }
}
