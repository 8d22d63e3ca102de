package dev.longwire.sdk.core;

/**
 * Whether the connection lives. A ping goes out when nothing was sent, or nothing heard, for an interval; the connection
 * is dead when half an interval later still nothing came. A ping that asks after a change of network has less time.
 * Times are ms of a monotonic clock.
 */
public final class Heartbeat {
    private static final long NEVER = Long.MAX_VALUE;

    private final long intervalMs;
    private final long sentAt;
    private final long heardAt;
    /** When the ping that nothing has answered yet went out; NEVER if there is none. */
    private final long pingedAt;
    private final long deadAt;

    private Heartbeat(long intervalMs, long sentAt, long heardAt, long pingedAt, long deadAt) {
        this.intervalMs = intervalMs;
        this.sentAt = sentAt;
        this.heardAt = heardAt;
        this.pingedAt = pingedAt;
        this.deadAt = deadAt;
    }

    static Heartbeat start(long intervalMs, long now) {
        return new Heartbeat(intervalMs, now, now, NEVER, NEVER);
    }

    /** Any frame counts as an answer. */
    Heartbeat heard(long now) {
        return new Heartbeat(intervalMs, sentAt, now, NEVER, NEVER);
    }

    Heartbeat sent(long now) {
        return new Heartbeat(intervalMs, now, heardAt, pingedAt, deadAt);
    }

    /** Each further ping gives {@code withinMs} anew, but all of them together get no more than half an interval. */
    Heartbeat pinged(long now, long withinMs) {
        long since = pingedAt == NEVER ? now : pingedAt;
        long half = since + intervalMs / 2;
        return new Heartbeat(intervalMs, now, heardAt, since, Math.min(half, now + Math.min(withinMs, intervalMs)));
    }

    /** When {@link #isDead} decides between the end and a ping. */
    long dueAt() {
        return pingedAt == NEVER ? Math.min(sentAt, heardAt) + intervalMs : deadAt;
    }

    /** Asked when due: whether the connection is dead; if not, a ping is to be sent. */
    boolean isDead() {
        return pingedAt != NEVER;
    }
}
