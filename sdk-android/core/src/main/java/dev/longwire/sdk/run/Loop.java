package dev.longwire.sdk.run;

import dev.longwire.sdk.Clock;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread on which a device's rules run. Nothing on it blocks. */
final class Loop {
    /** Hears what a task threw. */
    interface FaultSink {
        void fault(Throwable fault);
    }

    /** Something that is to happen later. */
    interface Timer {
        void cancel();
    }

    private static final Timer NEVER = () -> {};

    private final Clock clock;
    private final FaultSink faults;
    private final ScheduledThreadPoolExecutor executor;
    private volatile long offsetMs;

    Loop(Clock clock, String name, FaultSink faults) {
        this.clock = clock;
        this.faults = faults;
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    long now() {
        return clock.nowMs();
    }

    /** Ms since the epoch, corrected by what the server said. */
    long wallNow() {
        return clock.wallNowMs() + offsetMs;
    }

    /** By the device's own clock, right or wrong. */
    long ownWallNow() {
        return clock.wallNowMs();
    }

    /** What the server's clock is ahead of the device's own, ms. */
    long aheadMs() {
        return offsetMs;
    }

    void correct(long serverTime) {
        offsetMs = serverTime - clock.wallNowMs();
    }

    /** @return false, and nothing is done, once the loop has stopped */
    boolean run(Runnable task) {
        try {
            executor.execute(() -> guarded(task));
            return true;
        } catch (RejectedExecutionException stopped) {
            return false;
        }
    }

    Timer after(long delayMs, Runnable task) {
        try {
            ScheduledFuture<?> future = executor.schedule(() -> guarded(task), Math.max(0, delayMs), TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException stopped) {
            return NEVER;
        }
    }

    /** Takes nothing more; its thread ends after the timers that are set. */
    void stop() {
        executor.shutdown();
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            faults.fault(fault);
        }
    }
}
