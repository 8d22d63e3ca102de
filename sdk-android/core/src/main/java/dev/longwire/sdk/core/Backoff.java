package dev.longwire.sdk.core;

/** Exponential backoff with full jitter. */
public final class Backoff {
    private Backoff() {}

    /**
     * Attempt 0 waits up to {@code minMs}, each further one up to twice that, up to {@code maxMs}.
     *
     * @param random from 0 to below 1
     * @return ms
     */
    public static long waitMs(int attempt, long minMs, long maxMs, double random) {
        double bound = Math.min((double) maxMs, minMs * Math.pow(2, Math.min(attempt, 30)));
        return (long) Math.ceil(random * bound);
    }
}
