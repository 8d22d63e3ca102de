package dev.longwire.sdk.core;

/** What is to be done because of an input, in this order. */
public final class Effect {
    public enum Kind {
        /** Open socket {@link #socket}. */
        OPEN,
        /** Leave the socket there is. */
        CLOSE,
        /** Sign a registration for {@link #socket}, then come back with signed or signFailed. */
        SIGN,
        /** Send {@link #text}. */
        SEND,
        /** Log in as {@link #identity}, with the positions stored for it. */
        LOGIN,
        /** The server gave {@link #identity}. */
        REGISTERED,
        /** {@link #frame} is a Welcome of {@link #identity}. */
        WELCOME,
        /** {@link #frame} is a PushFrame for {@link #identity}. */
        PUSH,
        /** The server knows no such position: what is stored of {@link #text} (seq, bseq) is wrong. */
        FORGET,
        /** {@link #frame} is an Answer. */
        ANSWER,
        /** {@link #frame} is a Fault: for whoever looks on. */
        FAULT,
        /** The server's time is {@link #serverTime}, ms since the epoch. */
        CLOCK
    }

    public final Kind kind;
    public int socket;
    public String text;
    public Identity identity;
    public ServerFrame frame;
    public long serverTime;

    private Effect(Kind kind) {
        this.kind = kind;
    }

    static Effect ofSocket(Kind kind, int socket) {
        Effect effect = new Effect(kind);
        effect.socket = socket;
        return effect;
    }

    static Effect send(String text) {
        Effect effect = new Effect(Kind.SEND);
        effect.text = text;
        return effect;
    }

    static Effect of(Kind kind, Identity identity, ServerFrame frame) {
        Effect effect = new Effect(kind);
        effect.identity = identity;
        effect.frame = frame;
        return effect;
    }

    static Effect forget(Identity identity, String field) {
        Effect effect = new Effect(Kind.FORGET);
        effect.identity = identity;
        effect.text = field;
        return effect;
    }

    static Effect clock(long serverTime) {
        Effect effect = new Effect(Kind.CLOCK);
        effect.serverTime = serverTime;
        return effect;
    }
}
