package dev.longwire.sdk.core;

/** Times (ms) and choices of a session. */
public abstract class SessionRules {
    /** There is a way to sign a registration. */
    public boolean canRegister;
    /** What signs may answer rightly later where it did not now: the app's backend. */
    public boolean signingMayRecover;
    public long reconnectMinMs;
    public long reconnectMaxMs;
    /** A welcome that held so long ends the backoff. */
    public long stableMs;
    public long openTimeoutMs;
    public long loginTimeoutMs;
    /** How long the server may take to answer once the network has changed. */
    public long probeTimeoutMs;

    /** From 0 to below 1. */
    public abstract double random();
}
