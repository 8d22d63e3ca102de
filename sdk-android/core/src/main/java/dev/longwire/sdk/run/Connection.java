package dev.longwire.sdk.run;

import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.core.Delivered;
import dev.longwire.sdk.core.Effect;
import dev.longwire.sdk.core.FrameFault;
import dev.longwire.sdk.core.FrameReader;
import dev.longwire.sdk.core.Identity;
import dev.longwire.sdk.core.Input;
import dev.longwire.sdk.core.Phase;
import dev.longwire.sdk.core.ServerFrame;
import dev.longwire.sdk.core.Session;
import dev.longwire.sdk.core.SessionRules;
import dev.longwire.sdk.core.SessionStep;
import dev.longwire.sdk.core.Step;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;

/** Runs the session's rules: feeds them what happens, and does what they answer. On the loop. */
final class Connection {
    /** Texts that were read and not yet worked on, at the most; then the socket is not read for so long. */
    private static final int MAX_UNREAD = 64;

    /** What a connection asks of the device it belongs to, and tells it. */
    interface Owner {
        /** Has a registration made, then says signed or signFailed for this socket. */
        void sign(int socket);

        /** The login of this identity, with the positions stored for it. */
        String login(Identity identity);

        void registered(Identity identity);

        void welcomed(Identity identity, long bseq);

        void forgotten(Identity identity, String field);

        /** False if it has no room. */
        boolean pushed(Identity identity, Delivered message);

        void answered(ServerFrame.Answer answer);

        void changed(Phase phase);

        void failed(DeviceException error);
    }

    private final Loop loop;
    private final String url;
    private final Socket.Opener opener;
    private final SessionRules rules;
    private final Owner owner;
    private final ArrayDeque<Input> inputs = new ArrayDeque<>();
    private volatile Session session = Session.NEW;
    private Socket socket;
    private boolean running;
    private Loop.Timer timer;
    private long timerAt;

    Connection(Loop loop, String url, Socket.Opener opener, SessionRules rules, Owner owner) {
        this.loop = loop;
        this.url = url;
        this.opener = opener;
        this.rules = rules;
        this.owner = owner;
    }

    /** May be asked on any thread. */
    Phase phase() {
        return session.phase;
    }

    /** Sends a frame of the device's own. False, and nothing sent, unless it is online. */
    boolean send(String frame) {
        if (!(session.phase instanceof Phase.Online) || socket == null || !socket.send(frame)) {
            return false;
        }
        dispatch(Input.sent());
        return true;
    }

    /** An input that comes up while another is worked on waits for its end. */
    void dispatch(Input input) {
        inputs.add(input);
        if (running) {
            return;
        }
        running = true;
        try {
            for (Input next = inputs.poll(); next != null; next = inputs.poll()) {
                apply(next);
            }
        } finally {
            running = false;
        }
        arm();
    }

    private void apply(Input input) {
        Phase before = session.phase;
        Step step = SessionStep.step(session, input, loop.now(), rules);
        session = step.session;
        for (Effect effect : step.effects) {
            perform(effect);
        }
        if (session.phase.getClass() != before.getClass()) {
            owner.changed(session.phase);
        }
    }

    private void perform(Effect effect) {
        switch (effect.kind) {
            case OPEN:
                open(effect.socket);
                break;
            case CLOSE:
                if (socket != null) {
                    socket.leave();
                    socket = null;
                }
                break;
            case SIGN:
                owner.sign(effect.socket);
                break;
            case SEND:
                write(effect.text);
                break;
            case LOGIN:
                write(owner.login(effect.identity));
                break;
            case REGISTERED:
                owner.registered(effect.identity);
                break;
            case WELCOME:
                owner.welcomed(effect.identity, ((ServerFrame.Welcome) effect.frame).bseq);
                break;
            case PUSH:
                // At once: a later message must not be taken where this one was not.
                if (!owner.pushed(effect.identity, ((ServerFrame.PushFrame) effect.frame).delivered)) {
                    apply(Input.overflow());
                }
                break;
            case FORGET:
                owner.forgotten(effect.identity, effect.text);
                break;
            case ANSWER:
                owner.answered((ServerFrame.Answer) effect.frame);
                break;
            case FAULT:
                owner.failed(told((ServerFrame.Fault) effect.frame));
                break;
            case CLOCK:
                loop.correct(effect.serverTime);
                break;
            default:
                throw new AssertionError(effect.kind);
        }
    }

    private static DeviceException told(ServerFrame.Fault fault) {
        boolean credentials = fault.code.equals("bad_credentials");
        String reason = fault.reason == null ? "" : " (" + fault.reason + ")";
        DeviceException.Code code = credentials ? DeviceException.Code.REFUSED : DeviceException.Code.SERVER_ERROR;
        return new DeviceException(code, fault.code + reason + ": " + fault.message);
    }

    private void write(String frame) {
        if (socket != null) {
            socket.send(frame);
        }
    }

    private void open(int number) {
        Semaphore room = new Semaphore(MAX_UNREAD);
        socket = opener.open(url, new Socket.Listener() {
            @Override
            public void opened() {
                loop.run(() -> dispatch(Input.opened(number)));
            }

            @Override
            public void text(String text) {
                // Waits on the socket's own thread, so that the network holds back what comes too fast.
                room.acquireUninterruptibly();
                boolean taken = loop.run(() -> {
                    room.release();
                    read(number, text);
                });
                if (!taken) {
                    room.release();
                }
            }

            @Override
            public void closed(int code, long retryAfterMs) {
                loop.run(() -> dispatch(Input.closed(number, code, retryAfterMs)));
            }
        });
    }

    private void read(int number, String text) {
        ServerFrame frame;
        try {
            frame = FrameReader.read(text);
        } catch (FrameFault fault) {
            owner.failed(new DeviceException(DeviceException.Code.BAD_FRAME, fault.getMessage()));
            frame = new ServerFrame.Unknown();
        }
        dispatch(frame instanceof ServerFrame.Unknown ? Input.noise(number) : Input.frame(number, frame));
    }

    /** A timer that is early enough stays: the tick comes to nothing and arms the next one. */
    private void arm() {
        Long due = session.phase.dueAt();
        if (due != null && timer != null && timerAt <= due) {
            return;
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (due != null) {
            timerAt = due;
            timer = loop.after(due - loop.now(), () -> {
                timer = null;
                dispatch(Input.tick());
            });
        }
    }
}
