package dev.longwire.sdk;

/** A message as the app gets it. Exactly one of notification, transmission and revoke is not null. */
public final class Push {
    /** Unique per message. */
    public final String id;
    public final String task;
    /** When the server accepted it and when it expires, ms since the epoch, UTC; 0 if not said. */
    public final long at;
    public final long exp;
    public final Notification notification;
    /** The text that the app's own backend sent. */
    public final String transmission;
    public final Revoke revoke;

    private Push(String id, String task, long at, long exp, Notification notification, String transmission, Revoke revoke) {
        this.id = id;
        this.task = task;
        this.at = at;
        this.exp = exp;
        this.notification = notification;
        this.transmission = transmission;
        this.revoke = revoke;
    }

    public static Push notification(String id, String task, long at, long exp, Notification content) {
        return new Push(id, task, at, exp, content, null, null);
    }

    public static Push transmission(String id, String task, long at, long exp, String content) {
        return new Push(id, task, at, exp, null, content, null);
    }

    public static Push revoke(String id, String task, long at, long exp, Revoke content) {
        return new Push(id, task, at, exp, null, null, content);
    }

    /** Without its content, which may be private. */
    @Override
    public String toString() {
        return "Push " + id;
    }
}
