package dev.longwire.sdk.run;

import dev.longwire.sdk.CallResult;
import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.DeviceListener;
import dev.longwire.sdk.DeviceStatus;
import dev.longwire.sdk.StopReason;

/** Calls the app back, on a thread on which it may take its time. */
final class Callbacks {
    /** Callbacks waiting, at the most; a further one is dropped. Errors are dropped much earlier. */
    static final int MAX = 10_000;
    private static final int MAX_BEFORE_ERRORS = 1_000;

    private final DeviceListener listener;
    private final SerialWorker worker;

    Callbacks(DeviceListener listener, SerialWorker worker) {
        this.listener = listener;
        this.worker = worker;
    }

    void status(DeviceStatus status, StopReason reason) {
        run(() -> listener.onStatus(status, reason));
    }

    void cid(String cid) {
        run(() -> listener.onCid(cid));
    }

    void error(DeviceException error) {
        if (worker.queued() < MAX_BEFORE_ERRORS) {
            run(() -> listener.onError(error));
        }
    }

    /** The app's result, called back here. A null one is nobody. */
    CallResult result(CallResult app) {
        return error -> {
            if (app != null) {
                run(() -> app.onResult(error));
            }
        };
    }

    /** Also of a stopped device: what is still to be said must not run beside another callback. The thread ends by itself. */
    private void run(Runnable callback) {
        worker.run(() -> call(callback));
    }

    private void call(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error fault) {
            failed(fault);
        }
    }

    private void failed(Throwable fault) {
        try {
            listener.onError(new DeviceException(DeviceException.Code.CALLBACK_FAILED, "a callback of the app failed", fault));
        } catch (RuntimeException | Error again) {
            // It fails at that, too: there is nobody to tell.
        }
    }
}
