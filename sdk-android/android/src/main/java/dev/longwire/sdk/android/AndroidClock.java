package dev.longwire.sdk.android;

import android.os.SystemClock;
import dev.longwire.sdk.Clock;

/** Counts the time in which the device sleeps, so that a heartbeat that was missed in it is seen at once on waking. */
public final class AndroidClock implements Clock {
    @Override
    public long nowMs() {
        return SystemClock.elapsedRealtime();
    }

    @Override
    public long wallNowMs() {
        return System.currentTimeMillis();
    }
}
