package dev.longwire.sdk;

/** Hears what a device does, on a thread of the SDK, one call after another. Override what is of interest. */
public class DeviceListener {
    /** @param reason why it is stopped; null in any other status */
    public void onStatus(DeviceStatus status, StopReason reason) {}

    /**
     * The name of this installation is known, or has changed, and is stored: tell it to whoever pushes to it, and bind
     * aliases and tags anew. It changes when the storage was lost, or the server refused the old one. Called once in each process as well.
     */
    public void onCid(String cid) {}

    /** What the SDK deals with by itself but somebody should know. */
    public void onError(DeviceException error) {}
}
