package dev.longwire.sdk;

/** Times (ms) and bounds; the defaults are right for almost every app. */
public final class Tuning {
    /** Reconnects wait a random time up to this, doubled with each failure… */
    public long reconnectMinMs = 1_000;
    /** …and never up to more than this. */
    public long reconnectMaxMs = 60_000;
    /** A connection that held so long ends the backoff. */
    public long stableMs = 30_000;
    public long openTimeoutMs = 15_000;
    /** For registering (signing included), for logging in and for logging out, each. */
    public long loginTimeoutMs = 10_000;
    /** After a change of network a connection on which nothing comes for so long counts as dead. */
    public long probeTimeoutMs = 5_000;
    /** How often the handler gets a message before it counts as handled. */
    public int handlerTries = 3;
    /** After that the handler is interrupted, and the message counts as handled. */
    public long handlerTimeoutMs = 60_000;
    /** After that the storage is interrupted, and asked again. */
    public long storageTimeoutMs = 10_000;
    /** Pauses between tries of the handler, of the storage, and of what the server can't take now. */
    public long retryMinMs = 500;
    public long retryMaxMs = 30_000;
    /** Messages received and not yet handled, at the most, and their characters; then the connection is closed for a while. */
    public int maxInbox = 1_000;
    public long maxInboxChars = 8 * 1_048_576;
    /** Events waiting to be confirmed, at the most; then the oldest is dropped. */
    public int maxEvents = 1_000;
    /** Calls (alias, tags) under way at once. */
    public int maxCalls = 32;
    /** For the answer to a call, a channel's token or an event. */
    public long callTimeoutMs = 10_000;
    /** Acknowledgements are at least so far apart; each covers all before it. */
    public long ackEveryMs = 10;

    /** @throws IllegalArgumentException naming the field that makes no sense */
    Tuning checked() {
        Tuning own = new Tuning();
        own.reconnectMinMs = time("reconnectMinMs", reconnectMinMs);
        own.reconnectMaxMs = time("reconnectMaxMs", reconnectMaxMs);
        own.stableMs = time("stableMs", stableMs);
        own.openTimeoutMs = time("openTimeoutMs", openTimeoutMs);
        own.loginTimeoutMs = time("loginTimeoutMs", loginTimeoutMs);
        own.probeTimeoutMs = time("probeTimeoutMs", probeTimeoutMs);
        own.handlerTries = (int) number("handlerTries", handlerTries, 100);
        own.handlerTimeoutMs = time("handlerTimeoutMs", handlerTimeoutMs);
        own.storageTimeoutMs = time("storageTimeoutMs", storageTimeoutMs);
        own.retryMinMs = time("retryMinMs", retryMinMs);
        own.retryMaxMs = time("retryMaxMs", retryMaxMs);
        own.maxInbox = (int) number("maxInbox", maxInbox, 100_000);
        own.maxInboxChars = number("maxInboxChars", maxInboxChars, 1 << 30);
        own.maxEvents = (int) number("maxEvents", maxEvents, 2_000);
        own.maxCalls = (int) number("maxCalls", maxCalls, 1_000);
        own.callTimeoutMs = time("callTimeoutMs", callTimeoutMs);
        own.ackEveryMs = time("ackEveryMs", ackEveryMs);
        return own;
    }

    private static long time(String name, long value) {
        return number(name, value, 86_400_000);
    }

    private static long number(String name, long value, long max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException("tuning." + name + ": " + value + " is not from 1 to " + max);
        }
        return value;
    }
}
