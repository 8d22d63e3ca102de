package dev.longwire.sdk.run;

import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.DeviceStorage;
import dev.longwire.sdk.Tuning;
import dev.longwire.sdk.core.Backoff;
import dev.longwire.sdk.core.DeviceState;

/** What the storage holds of an app's device. */
final class LoadedTexts {
    /** Null if there is none, or it can't be read. */
    final DeviceState state;
    final String events;
    final String channels;

    private LoadedTexts(DeviceState state, String events, String channels) {
        this.state = state;
        this.events = events;
        this.channels = channels;
    }

    /**
     * On the worker's thread. A storage that fails is asked again until it answers or the device is stopped: taking the
     * device for a new one would lose the messages that wait for it. What can't be read is none.
     *
     * @return null if a stop came between
     */
    static LoadedTexts load(String appId, DeviceStorage storage, SerialWorker worker, Tuning tuning, Delivery.Owner owner) {
        for (int attempt = 0; !worker.isStopped(); attempt++) {
            try {
                String device = worker.within(tuning.storageTimeoutMs, () -> {}, () -> storage.load(Delivery.NAME));
                String events = worker.within(tuning.storageTimeoutMs, () -> {}, () -> storage.load(Notes.EVENTS));
                String channels = worker.within(tuning.storageTimeoutMs, () -> {}, () -> storage.load(Notes.CHANNELS));
                DeviceState state = device == null ? null : DeviceState.decode(device);
                if (state == null && device != null) {
                    owner.failed(new DeviceException(DeviceException.Code.STORAGE_CORRUPT, "what was stored is not a device; starting anew"));
                }
                return new LoadedTexts(state != null && state.appId.equals(appId) ? state : null, events, channels);
            } catch (Exception | Error fault) {
                owner.failed(new DeviceException(DeviceException.Code.STORAGE_FAILED, "the storage failed to load", fault));
                worker.pause(Backoff.waitMs(attempt, tuning.retryMinMs, tuning.retryMaxMs, Math.random()));
            }
        }
        return null;
    }
}
