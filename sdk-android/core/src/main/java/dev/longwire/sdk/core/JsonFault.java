package dev.longwire.sdk.core;

/** A text that is not JSON, or is larger or deeper than is read. */
public final class JsonFault extends Exception {
    private static final long serialVersionUID = 1L;

    JsonFault(String message) {
        super(message);
    }
}
