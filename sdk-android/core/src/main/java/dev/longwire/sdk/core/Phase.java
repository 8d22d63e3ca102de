package dev.longwire.sdk.core;

import dev.longwire.sdk.StopReason;

/** Where a connection stands. Times are ms of a monotonic clock; {@code by} is when a phase has taken too long. */
public abstract class Phase {
    private Phase() {}

    /** When the session wants a tick, if nothing else happens before; null for never. */
    public abstract Long dueAt();

    /** Whether there is a socket that may still speak. */
    public boolean hasSocket() {
        return true;
    }

    /** Who is logging in or logged in; null in other phases. */
    public Identity identity() {
        return null;
    }

    public static final class Idle extends Phase {
        @Override
        public Long dueAt() {
            return null;
        }

        @Override
        public boolean hasSocket() {
            return false;
        }
    }

    public static final class Waiting extends Phase {
        public final long until;
        /** The server asked to stay away until then: a change of network doesn't shorten that. */
        final long notBefore;

        Waiting(long until, long notBefore) {
            this.until = until;
            this.notBefore = notBefore;
        }

        @Override
        public Long dueAt() {
            return until;
        }

        @Override
        public boolean hasSocket() {
            return false;
        }
    }

    public static final class Opening extends Phase {
        final long by;

        Opening(long by) {
            this.by = by;
        }

        @Override
        public Long dueAt() {
            return by;
        }
    }

    public static final class Registering extends Phase {
        final long by;

        Registering(long by) {
            this.by = by;
        }

        @Override
        public Long dueAt() {
            return by;
        }
    }

    public static final class LoggingIn extends Phase {
        final long by;
        final Identity identity;

        LoggingIn(long by, Identity identity) {
            this.by = by;
            this.identity = identity;
        }

        @Override
        public Long dueAt() {
            return by;
        }

        @Override
        public Identity identity() {
            return identity;
        }
    }

    public static final class Online extends Phase {
        final Identity identity;
        final long since;
        final Heartbeat heartbeat;
        /** When to leave this node, if it said that it goes away. */
        final Long leaveAt;

        Online(Identity identity, long since, Heartbeat heartbeat, Long leaveAt) {
            this.identity = identity;
            this.since = since;
            this.heartbeat = heartbeat;
            this.leaveAt = leaveAt;
        }

        Online with(Heartbeat next) {
            return new Online(identity, since, next, leaveAt);
        }

        @Override
        public Long dueAt() {
            return leaveAt == null ? heartbeat.dueAt() : Math.min(heartbeat.dueAt(), leaveAt);
        }

        @Override
        public Identity identity() {
            return identity;
        }
    }

    public static final class Leaving extends Phase {
        final long by;

        Leaving(long by) {
            this.by = by;
        }

        @Override
        public Long dueAt() {
            return by;
        }
    }

    public static final class Stopped extends Phase {
        public final StopReason reason;

        Stopped(StopReason reason) {
            this.reason = reason;
        }

        @Override
        public Long dueAt() {
            return null;
        }

        @Override
        public boolean hasSocket() {
            return false;
        }
    }
}
