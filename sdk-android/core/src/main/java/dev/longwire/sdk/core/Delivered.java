package dev.longwire.sdk.core;

import dev.longwire.sdk.Push;

/** A push with its positions. */
public final class Delivered {
    /** Position of a message to this device; null if it has none. */
    public final Long seq;
    /** Position of a broadcast; null if it has none. */
    public final Long bseq;
    public final Push push;

    public Delivered(Long seq, Long bseq, Push push) {
        this.seq = seq;
        this.bseq = bseq;
        this.push = push;
    }

    /** The same push where its positions mean nothing, as they belong to another cid. */
    public Delivered withoutPositions() {
        return new Delivered(null, null, push);
    }
}
