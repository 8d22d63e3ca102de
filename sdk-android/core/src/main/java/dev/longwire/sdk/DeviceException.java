package dev.longwire.sdk;

/** Everything that can go wrong, for {@link DeviceListener#onError} and for calls that fail. */
public final class DeviceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Code {
        /** The app's own signer failed; it is asked again at the next try. */
        SIGN_FAILED,
        /** The server refused the registration or the login; the message says why, and the status what follows. */
        REFUSED,
        /** The storage failed; it is tried again, and no message is acknowledged meanwhile. */
        STORAGE_FAILED,
        /** What was stored can't be read; the device starts anew. */
        STORAGE_CORRUPT,
        /** The push handler failed as often as it is tried; the message counts as handled. */
        HANDLER_FAILED,
        /** The push handler took too long and was interrupted; the message counts as handled. */
        HANDLER_TIMEOUT,
        /** More events were waiting than are kept, one was too old, or the device was stopped before; it was dropped. */
        EVENT_DROPPED,
        /** Pushes came faster than the handler took them; the connection was closed and comes back later. */
        INBOX_FULL,
        /** The server sent something unreadable, which was ignored. */
        BAD_FRAME,
        /** The server told of a fault. */
        SERVER_ERROR,
        /** The call needs a connection, and there is none, or it was lost before the answer. */
        OFFLINE,
        /** The server refused the call, or too many calls are under way. */
        CALL_REFUSED,
        /** No answer in time. */
        TIMEOUT,
        /** Another call took this one's place before it was answered. */
        SUPERSEDED,
        /** A callback of the app threw. */
        CALLBACK_FAILED,
        /** A fault of the SDK itself. */
        INTERNAL
    }

    private final Code code;

    public DeviceException(Code code, String message) {
        this(code, message, null);
    }

    public DeviceException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
