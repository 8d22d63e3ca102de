package dev.longwire.sdk.run;

import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what may block, one task after another, on a thread that is there only while there is something to do. */
final class SerialWorker {
    private static final long IDLE_MS = 5_000;

    private final Loop loop;
    private final ThreadPoolExecutor executor;
    private final Object pauses = new Object();
    private boolean stopped;

    SerialWorker(Loop loop, String name, int maxQueued) {
        this.loop = loop;
        executor = new ThreadPoolExecutor(1, 1, IDLE_MS, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(maxQueued), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    /** @return false if there is no room, or it has stopped */
    boolean run(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    int queued() {
        return executor.getQueue().size();
    }

    /**
     * On the worker's thread: what the work answers or throws. After {@code ms} its thread is interrupted.
     *
     * @param late run then, on the loop
     */
    <T> T within(long ms, Runnable late, Callable<T> work) throws Exception {
        Deadline deadline = new Deadline(Thread.currentThread(), late);
        Loop.Timer timer = loop.after(ms, deadline::pass);
        try {
            return work.call();
        } finally {
            timer.cancel();
            deadline.end();
        }
    }

    /** On the worker's thread: waits, or until it is stopped. @return false if it is stopped */
    boolean pause(long ms) {
        long until = System.nanoTime() + ms * 1_000_000;
        synchronized (pauses) {
            for (long left = ms; !stopped && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
                try {
                    pauses.wait(left);
                } catch (InterruptedException spurious) {
                    // The thread is the worker's own: nobody ends it so.
                }
            }
            return !stopped;
        }
    }

    boolean isStopped() {
        synchronized (pauses) {
            return stopped;
        }
    }

    /** Cuts pauses short; what is queued is still run. */
    void stop() {
        synchronized (pauses) {
            stopped = true;
            pauses.notifyAll();
        }
        executor.shutdown();
    }

    boolean awaitEnd(long ms) throws InterruptedException {
        return executor.awaitTermination(ms, TimeUnit.MILLISECONDS);
    }

    private static final class Deadline {
        private final Thread thread;
        private final Runnable late;
        private boolean ended;

        Deadline(Thread thread, Runnable late) {
            this.thread = thread;
            this.late = late;
        }

        synchronized void pass() {
            if (!ended) {
                late.run();
                thread.interrupt();
            }
        }

        synchronized void end() {
            ended = true;
            // An interrupt of ours that came at the last moment is not to reach what comes next.
            Thread.interrupted();
        }
    }
}
