package dev.longwire.sdk;

/** Where a device stands. */
public enum DeviceStatus {
    /** The storage is being read. */
    STARTING,
    CONNECTING,
    ONLINE,
    /** Between two tries to connect. */
    WAITING,
    /** Logging out. */
    LEAVING,
    STOPPED
}
