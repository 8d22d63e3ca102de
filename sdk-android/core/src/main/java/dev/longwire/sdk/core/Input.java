package dev.longwire.sdk.core;

import dev.longwire.sdk.StopReason;

/** What happens to a session. */
public final class Input {
    enum Kind { START, OPENED, NOISE, FRAME, CLOSED, SIGNED, SIGN_FAILED, SENT, NETWORK_CHANGED, OVERFLOW, STOP, LOGOUT, TICK }

    /** Stands for the socket where the input is of none. */
    private static final int NONE = -1;

    final Kind kind;
    /** Whose input it is; what another socket than the latest says is passed over. */
    final int socket;
    Identity identity;
    ServerFrame frame;
    int code;
    long retryAfterMs;
    String register;
    StopReason reason;

    private Input(Kind kind, int socket) {
        this.kind = kind;
        this.socket = socket;
    }

    boolean isOfSocket() {
        return socket != NONE;
    }

    /** @param identity null if none is stored */
    public static Input start(Identity identity) {
        Input input = new Input(Kind.START, NONE);
        input.identity = identity;
        return input;
    }

    public static Input opened(int socket) {
        return new Input(Kind.OPENED, socket);
    }

    /** Something unreadable or unknown came: it counts as a sign of life. */
    public static Input noise(int socket) {
        return new Input(Kind.NOISE, socket);
    }

    public static Input frame(int socket, ServerFrame frame) {
        Input input = new Input(Kind.FRAME, socket);
        input.frame = frame;
        return input;
    }

    /**
     * @param code 1006 where the connection was lost, or never made
     * @param retryAfterMs how long the server wants the device to stay away; 0 if it didn't say
     */
    public static Input closed(int socket, int code, long retryAfterMs) {
        Input input = new Input(Kind.CLOSED, socket);
        input.code = code;
        input.retryAfterMs = retryAfterMs;
        return input;
    }

    public static Input signed(int socket, String register) {
        Input input = new Input(Kind.SIGNED, socket);
        input.register = register;
        return input;
    }

    public static Input signFailed(int socket) {
        return new Input(Kind.SIGN_FAILED, socket);
    }

    /** The device sent something of its own on this connection. */
    public static Input sent() {
        return new Input(Kind.SENT, NONE);
    }

    /** The network came or went, or the device woke up: look again instead of waiting. */
    public static Input networkChanged() {
        return new Input(Kind.NETWORK_CHANGED, NONE);
    }

    /** Nothing more can be taken in for now. */
    public static Input overflow() {
        return new Input(Kind.OVERFLOW, NONE);
    }

    public static Input stop(StopReason reason) {
        Input input = new Input(Kind.STOP, NONE);
        input.reason = reason;
        return input;
    }

    public static Input logout() {
        return new Input(Kind.LOGOUT, NONE);
    }

    public static Input tick() {
        return new Input(Kind.TICK, NONE);
    }
}
