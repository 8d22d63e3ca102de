package dev.longwire.sdk.run;

import dev.longwire.sdk.Notification;
import dev.longwire.sdk.Push;
import dev.longwire.sdk.core.Delivered;
import dev.longwire.sdk.core.Identity;

/** What is worked off in the order in which it came. Each names the cid it belongs to: positions of another one mean nothing. */
final class Work {
    enum Kind { IDENTITY, CURSOR, FORGET, PUSH }

    final Kind kind;
    final Identity identity;
    /** Of CURSOR. */
    final long cursor;
    /** Of FORGET. */
    final String field;
    /** Of PUSH. */
    final Delivered message;

    private Work(Kind kind, Identity identity, long cursor, String field, Delivered message) {
        this.kind = kind;
        this.identity = identity;
        this.cursor = cursor;
        this.field = field;
        this.message = message;
    }

    static Work identity(Identity identity) {
        return new Work(Kind.IDENTITY, identity, 0, null, null);
    }

    static Work cursor(Identity identity, long cursor) {
        return new Work(Kind.CURSOR, identity, cursor, null, null);
    }

    static Work forget(Identity identity, String field) {
        return new Work(Kind.FORGET, identity, 0, field, null);
    }

    static Work push(Identity identity, Delivered message) {
        return new Work(Kind.PUSH, identity, 0, null, message);
    }

    /** The same for the same work: after a reconnect the server sends again what it got no acknowledgement for. */
    String key() {
        switch (kind) {
            case IDENTITY:
                return "identity " + identity.cid;
            case CURSOR:
                return "cursor " + identity.cid;
            case FORGET:
                return "forget " + identity.cid + ' ' + field;
            default:
                return "push " + identity.cid + ' ' + message.seq + ' ' + message.bseq + ' ' + message.push.id;
        }
    }

    /** How much of the inbox it takes, characters. */
    long chars() {
        if (message == null) {
            return 0;
        }
        Push push = message.push;
        long chars = lengthOf(push.id, push.task, push.transmission, push.revoke == null ? null : push.revoke.task);
        Notification shown = push.notification;
        return shown == null ? chars : chars + lengthOf(shown.title, shown.body, shown.clickType, shown.url, shown.intent, shown.payload,
                shown.logo, shown.logoUrl, shown.channelId, shown.channelName);
    }

    private static long lengthOf(String... texts) {
        long chars = 0;
        for (String text : texts) {
            chars += text == null ? 0 : text.length();
        }
        return chars;
    }
}
