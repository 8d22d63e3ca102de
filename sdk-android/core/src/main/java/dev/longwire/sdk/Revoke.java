package dev.longwire.sdk;

/** Recalls the messages of an earlier task. */
public final class Revoke {
    public final String task;
    /** Take them away even where they were shown. */
    public final boolean force;

    public Revoke(String task, boolean force) {
        this.task = task;
        this.force = force;
    }
}
