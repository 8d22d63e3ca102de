package dev.longwire.sdk;

/** Time as the SDK needs it. */
public interface Clock {
    /** That of the JVM. Android's has to count sleep too: {@code AndroidClock}. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nowMs() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public long wallNowMs() {
            return System.currentTimeMillis();
        }
    };

    /** Ms that only ever grow: for intervals. */
    long nowMs();

    /** Ms since the epoch, by the device's own clock, which may be wrong. */
    long wallNowMs();
}
