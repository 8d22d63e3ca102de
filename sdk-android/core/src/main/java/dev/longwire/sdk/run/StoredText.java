package dev.longwire.sdk.run;

import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.DeviceStorage;
import dev.longwire.sdk.Tuning;
import dev.longwire.sdk.core.Backoff;

/** Keeps one text in the storage as it changes: while one version is being saved, all later ones come to one save. On the loop. */
final class StoredText {
    /** The text as it is now. */
    interface Source {
        String encode();
    }

    private final Loop loop;
    private final SerialWorker worker;
    private final DeviceStorage storage;
    private final Tuning tuning;
    private final String name;
    private final Source source;
    private final Delivery.Owner owner;
    private boolean saving;
    private boolean changed;
    private int failures;

    StoredText(Loop loop, SerialWorker worker, DeviceStorage storage, Tuning tuning, String name, Source source, Delivery.Owner owner) {
        this.loop = loop;
        this.worker = worker;
        this.storage = storage;
        this.tuning = tuning;
        this.name = name;
        this.source = source;
        this.owner = owner;
    }

    void changed() {
        changed = true;
        if (saving) {
            return;
        }
        changed = false;
        String text = source.encode();
        saving = worker.run(() -> save(text));
    }

    /** The last version, if it isn't on its way yet: tried once. */
    void stop() {
        if (changed) {
            changed = false;
            String text = source.encode();
            worker.run(() -> save(text));
        }
    }

    /** On the worker's thread. */
    private void save(String text) {
        boolean saved = false;
        try {
            worker.within(tuning.storageTimeoutMs, () -> {}, () -> {
                storage.save(name, text);
                return null;
            });
            saved = true;
        } catch (Exception | Error fault) {
            owner.failed(new DeviceException(DeviceException.Code.STORAGE_FAILED, "the storage failed to save " + name, fault));
        }
        boolean well = saved;
        loop.run(() -> saved(well));
    }

    private void saved(boolean well) {
        failures = well ? 0 : failures + 1;
        changed |= !well;
        if (!changed) {
            saving = false;
            return;
        }
        long waitMs = well ? 0 : Backoff.waitMs(failures - 1, tuning.retryMinMs, tuning.retryMaxMs, Math.random());
        loop.after(waitMs, () -> {
            saving = false;
            changed();
        });
    }
}
