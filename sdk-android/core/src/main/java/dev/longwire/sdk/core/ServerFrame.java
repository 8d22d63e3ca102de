package dev.longwire.sdk.core;

/** What a server says. */
public abstract class ServerFrame {
    private ServerFrame() {}

    public static final class Registered extends ServerFrame {
        public final Identity identity;

        public Registered(Identity identity) {
            this.identity = identity;
        }
    }

    public static final class Welcome extends ServerFrame {
        public final long heartbeatMs;
        /** Ms since the epoch; null if the server didn't say. */
        public final Long serverTime;
        public final long bseq;

        public Welcome(long heartbeatMs, Long serverTime, long bseq) {
            this.heartbeatMs = heartbeatMs;
            this.serverTime = serverTime;
            this.bseq = bseq;
        }
    }

    public static final class PushFrame extends ServerFrame {
        public final Delivered delivered;

        public PushFrame(Delivered delivered) {
            this.delivered = delivered;
        }
    }

    public static final class Reconnect extends ServerFrame {
        public final long afterMs;

        public Reconnect(long afterMs) {
            this.afterMs = afterMs;
        }
    }

    public static final class Kick extends ServerFrame {
        public final String reason;

        public Kick(String reason) {
            this.reason = reason;
        }
    }

    /** An {@code ok}, or an {@code error} that names what it answers. */
    public static final class Answer extends ServerFrame {
        public final String rid;
        /** Null for ok. */
        public final Fault fault;

        public Answer(String rid, Fault fault) {
            this.rid = rid;
            this.fault = fault;
        }
    }

    /** An {@code error} that answers nothing. */
    public static final class Fault extends ServerFrame {
        public final String code;
        public final String message;
        /** Of bad_position: {@code seq} or {@code bseq}. Null otherwise. */
        public final String field;
        /** Of bad_credentials: {@code clock}, {@code nonce}, {@code sign} or {@code token}; null from servers that don't say. */
        public final String reason;
        public final Long serverTime;

        public Fault(String code, String message, String field, String reason, Long serverTime) {
            this.code = code;
            this.message = message;
            this.field = field;
            this.reason = reason;
            this.serverTime = serverTime;
        }

        /** What the same call may meet with success later. */
        public boolean mayPass() {
            return code.equals("unavailable") || code.equals("rate_limited");
        }
    }

    public static final class Pong extends ServerFrame {}

    /** A kind of frame that a later server may know: to be ignored. */
    public static final class Unknown extends ServerFrame {}
}
