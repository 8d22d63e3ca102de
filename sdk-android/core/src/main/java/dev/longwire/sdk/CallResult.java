package dev.longwire.sdk;

/** Hears how a call ended, once, on a thread of the SDK. */
public interface CallResult {
    /** @param error null where it succeeded */
    void onResult(DeviceException error);
}
