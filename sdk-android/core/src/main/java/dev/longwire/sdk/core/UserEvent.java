package dev.longwire.sdk.core;

/** What a user did with a push, for the sender's statistics. */
public final class UserEvent {
    public final String task;
    public final String id;
    /** shown, clicked, dismissed or custom:NNNNN. */
    public final String action;
    /** Ms since the epoch, by the device's own clock, right or wrong. */
    public final long at;

    public UserEvent(String task, String id, String action, long at) {
        this.task = task;
        this.id = id;
        this.action = action;
        this.at = at;
    }
}
