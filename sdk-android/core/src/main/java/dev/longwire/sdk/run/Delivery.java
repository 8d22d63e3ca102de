package dev.longwire.sdk.run;

import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.DeviceStorage;
import dev.longwire.sdk.PushHandler;
import dev.longwire.sdk.Tuning;
import dev.longwire.sdk.core.Backoff;
import dev.longwire.sdk.core.Delivered;
import dev.longwire.sdk.core.DeviceState;
import dev.longwire.sdk.core.Identity;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Hands pushes to the app strictly one after another: skip what it had before, handle, store, and only then let it be
 * acknowledged. While the storage fails everything waits for it: going on would give the app messages again after a
 * restart.
 */
final class Delivery {
    static final String NAME = "device";
    /** Room for identities and cursors above the bound of pushes, lest these keep a device from knowing who it is. */
    private static final int CONTROL_ROOM = 64;

    /** What it tells the device, on the worker's thread. */
    interface Owner {
        /** The device is stored as this one: it is so after a crash, too. */
        void identified(Identity identity);

        /** The message is handled, and stored as such: it may be acknowledged. */
        void finished(Identity identity, Delivered message);

        void failed(DeviceException error);
    }

    private final String appId;
    private final DeviceStorage storage;
    private final PushHandler handler;
    private final SerialWorker worker;
    private final Tuning tuning;
    private final Owner owner;
    private final ArrayDeque<Work> queue = new ArrayDeque<>();
    /** Keys of what is queued or in hand. */
    private final Set<String> keys = new HashSet<>();
    private long chars;
    private boolean running;
    /** As it was stored last; written by the worker alone. */
    private volatile DeviceState state;

    Delivery(String appId, DeviceStorage storage, PushHandler handler, SerialWorker worker, Tuning tuning, Owner owner) {
        this.appId = appId;
        this.storage = storage;
        this.handler = handler;
        this.worker = worker;
        this.tuning = tuning;
        this.owner = owner;
    }

    DeviceState state() {
        return state;
    }

    void restore(DeviceState stored) {
        state = stored;
    }

    /** False if there is no room; the work is not taken then. */
    synchronized boolean offer(Work work) {
        String key = work.key();
        if (keys.contains(key)) {
            return true;
        }
        boolean push = work.kind == Work.Kind.PUSH;
        if (push && (queue.size() >= tuning.maxInbox || (chars > 0 && chars + work.chars() > tuning.maxInboxChars))) {
            return false;
        }
        if (queue.size() >= tuning.maxInbox + CONTROL_ROOM) {
            return false;
        }
        if (!running && !worker.run(this::run)) {
            return false;
        }
        running = true;
        queue.add(work);
        keys.add(key);
        chars += work.chars();
        return true;
    }

    private synchronized Work take() {
        Work work = queue.poll();
        // A cursor comes once, with the first welcome: it is stored also where the device is closed right after.
        while (work != null && work.kind == Work.Kind.PUSH && worker.isStopped()) {
            work = queue.poll();
        }
        running = work != null;
        return work;
    }

    private synchronized void done(Work work) {
        keys.remove(work.key());
        chars -= work.chars();
    }

    private void run() {
        for (Work work = take(); work != null; work = take()) {
            try {
                perform(work);
            } catch (RuntimeException | Error fault) {
                owner.failed(new DeviceException(DeviceException.Code.INTERNAL, "delivery failed", fault));
            } finally {
                done(work);
            }
        }
    }

    private void perform(Work work) {
        boolean own = state != null && state.identity.cid.equals(work.identity.cid);
        switch (work.kind) {
            case IDENTITY:
                if (store(DeviceState.fresh(appId, work.identity, state))) {
                    owner.identified(work.identity);
                }
                break;
            case CURSOR:
                if (own) {
                    store(state.withCursor(work.cursor));
                }
                break;
            case FORGET:
                if (own) {
                    store(state.without(work.field));
                }
                break;
            case PUSH:
                if (state != null) {
                    deliver(own, work);
                }
                break;
            default:
                throw new AssertionError(work.kind);
        }
    }

    private void deliver(boolean own, Work work) {
        Delivered message = own ? work.message : work.message.withoutPositions();
        if (!state.isFinished(message) && !handle(message)) {
            return;
        }
        if (store(state.finish(message)) && own && !isDoubted(work)) {
            owner.finished(work.identity, message);
        }
    }

    /** Whether the server has said meanwhile that it knows no such position: it may be another message's by now. */
    private synchronized boolean isDoubted(Work work) {
        return (work.message.seq != null && keys.contains(Work.forget(work.identity, "seq").key()))
                || (work.message.bseq != null && keys.contains(Work.forget(work.identity, "bseq").key()));
    }

    /** True once the app had the message, or failed for good; false if a stop came between. */
    private boolean handle(Delivered message) {
        for (int attempt = 0;; attempt++) {
            boolean[] late = {false};
            try {
                within(tuning.handlerTimeoutMs, () -> {
                    late[0] = true;
                    owner.failed(new DeviceException(DeviceException.Code.HANDLER_TIMEOUT,
                            "onPush took too long with message " + message.push.id));
                }, () -> {
                    handler.onPush(message.push);
                    return null;
                });
                return true;
            } catch (Throwable fault) {
                if (late[0]) {
                    return true;
                }
                if (attempt + 1 >= tuning.handlerTries) {
                    owner.failed(new DeviceException(DeviceException.Code.HANDLER_FAILED,
                            "onPush failed " + (attempt + 1) + " times with message " + message.push.id, fault));
                    return true;
                }
                if (!worker.pause(backoff(attempt))) {
                    return false;
                }
            }
        }
    }

    /** Tries until it succeeds. False if a stop came between. */
    private boolean store(DeviceState next) {
        for (int attempt = 0; next != state; attempt++) {
            try {
                String text = next.encode();
                within(tuning.storageTimeoutMs, () -> {}, () -> {
                    storage.save(NAME, text);
                    return null;
                });
                state = next;
            } catch (Exception | Error fault) {
                owner.failed(new DeviceException(DeviceException.Code.STORAGE_FAILED,
                        "the storage failed to save; no message is acknowledged meanwhile", fault));
                if (!worker.pause(backoff(attempt))) {
                    return false;
                }
            }
        }
        return true;
    }

    private void within(long ms, Runnable late, Callable<Void> work) throws Exception {
        worker.within(ms, late, work);
    }

    private long backoff(int attempt) {
        return Backoff.waitMs(attempt, tuning.retryMinMs, tuning.retryMaxMs, Math.random());
    }
}
