package dev.longwire.sdk.core;

/** The state of a device's one connection; {@link SessionStep} has its rules. */
public final class Session {
    public static final Session NEW = new Session(new Phase.Idle(), 0, 0, null, false, null, null, 0);

    public final Phase phase;
    /** Number of the latest socket; what an earlier one still reports is ignored. */
    final int socket;
    /** Failed tries in a row. */
    final int attempt;
    final Identity identity;
    /** A new identity was asked for because the old one was refused: done once, until a welcome. */
    final boolean renewed;
    /** What the latest socket was told before its end; null if nothing. */
    final String kicked;
    final ServerFrame.Fault refusal;
    /** Before this moment the server doesn't want the device back; 0 if it said nothing. */
    final long notBefore;

    private Session(Phase phase, int socket, int attempt, Identity identity, boolean renewed, String kicked,
            ServerFrame.Fault refusal, long notBefore) {
        this.phase = phase;
        this.socket = socket;
        this.attempt = attempt;
        this.identity = identity;
        this.renewed = renewed;
        this.kicked = kicked;
        this.refusal = refusal;
        this.notBefore = notBefore;
    }

    Session in(Phase next) {
        return new Session(next, socket, attempt, identity, renewed, kicked, refusal, notBefore);
    }

    /** On a new socket, which was told nothing yet. */
    Session onNextSocket(Phase next) {
        return new Session(next, socket + 1, attempt, identity, renewed, null, null, 0);
    }

    Session withAttempt(int next) {
        return new Session(phase, socket, next, identity, renewed, kicked, refusal, notBefore);
    }

    Session as(Identity next) {
        return new Session(phase, socket, attempt, next, renewed, kicked, refusal, notBefore);
    }

    Session renewing(boolean next) {
        return new Session(phase, socket, attempt, next ? null : identity, next, kicked, refusal, notBefore);
    }

    Session kicked(String reason) {
        return new Session(phase, socket, attempt, identity, renewed, reason, refusal, notBefore);
    }

    Session refused(ServerFrame.Fault fault) {
        return new Session(phase, socket, attempt, identity, renewed, kicked, fault, notBefore);
    }

    Session notBefore(long moment) {
        return new Session(phase, socket, attempt, identity, renewed, kicked, refusal, moment);
    }
}
