package dev.longwire.sdk;

/** Why a device stays away for good; a new {@link Device#connect} is the way back. */
public enum StopReason {
    /** The app called {@link Device#close}. */
    CLOSED,
    /** The app called {@link Device#logout}, or the server ended the session in good order. */
    LOGOUT,
    /** The server refuses the app's or the device's credentials, and trying again is of no use. */
    REFUSED,
    /** The device is blacklisted or its app disabled. */
    FORBIDDEN,
    /** No identity and no way to get one. */
    CANNOT_REGISTER,
    /** Another connection logged in with the same cid. */
    REPLACED,
    /** The server's operator sent the device away. */
    ADMIN
}
