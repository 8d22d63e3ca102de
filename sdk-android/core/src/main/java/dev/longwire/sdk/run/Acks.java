package dev.longwire.sdk.run;

import dev.longwire.sdk.core.Delivered;
import dev.longwire.sdk.core.Frames;

/**
 * Acknowledgements waiting to be sent. They are cumulative, so however many messages are finished within
 * {@code everyMs} there is one frame. Without a connection they wait; the next login says the same. On the loop.
 */
final class Acks {
    /** Sends a frame; false if there is no connection. */
    interface Sender {
        boolean send(String frame);
    }

    private final Loop loop;
    private final long everyMs;
    private final Sender sender;
    private String cid;
    private Long seq;
    private Long bseq;
    private long sentAt;
    private boolean sentOnce;
    private Loop.Timer timer;

    Acks(Loop loop, long everyMs, Sender sender) {
        this.loop = loop;
        this.everyMs = everyMs;
        this.sender = sender;
    }

    /** @param of whose positions these are. A message without a position is not acknowledged. */
    void add(String of, Delivered message) {
        if (message.seq == null && message.bseq == null) {
            return;
        }
        if (!of.equals(cid)) {
            forget();
            cid = of;
        }
        seq = higher(seq, message.seq);
        bseq = higher(bseq, message.bseq);
        long leftMs = sentOnce ? sentAt + everyMs - loop.now() : 0;
        if (leftMs <= 0) {
            flush();
        } else if (timer == null) {
            timer = loop.after(leftMs, this::flush);
        }
    }

    /** Sends what waits, if it belongs to this cid; what belongs to another one is of no use any more. */
    void flushFor(String of) {
        if (!of.equals(cid)) {
            forget();
        }
        flush();
    }

    /** The server knows no such position: one that waits is none of its. */
    void forget(String field) {
        if (field.equals("seq")) {
            seq = null;
        } else {
            bseq = null;
        }
        if (seq == null && bseq == null) {
            stop();
        }
    }

    void stop() {
        cancel();
        forget();
    }

    private void flush() {
        cancel();
        if (cid == null || !sender.send(Frames.ack(seq, bseq))) {
            return;
        }
        forget();
        sentOnce = true;
        sentAt = loop.now();
    }

    private static Long higher(Long one, Long other) {
        return one == null || (other != null && other > one) ? other : one;
    }

    private void forget() {
        cid = null;
        seq = null;
        bseq = null;
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
