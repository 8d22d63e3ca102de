package dev.longwire.sdk.core;

/** Something that is no frame of the protocol. */
public final class FrameFault extends Exception {
    private static final long serialVersionUID = 1L;

    FrameFault(String message) {
        super(message);
    }
}
