package dev.longwire.sdk.run;

import dev.longwire.sdk.CallResult;
import dev.longwire.sdk.ChannelKind;
import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.DeviceStatus;
import dev.longwire.sdk.NetworkWatch;
import dev.longwire.sdk.StopReason;
import dev.longwire.sdk.Tuning;
import dev.longwire.sdk.core.Delivered;
import dev.longwire.sdk.core.Frames;
import dev.longwire.sdk.core.Identity;
import dev.longwire.sdk.core.Input;
import dev.longwire.sdk.core.Phase;
import dev.longwire.sdk.core.ServerFrame;
import dev.longwire.sdk.core.UserEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One installation of an app, put together: what {@code Device} hands on to. */
public final class DeviceRuntime {
    /** Tasks that a worker may have before it: deliveries are one, storing is one, and calls of the app few. */
    private static final int FEW = 64;

    private final Parts parts;
    private final Loop loop;
    private final SerialWorker deliveries;
    private final SerialWorker saves;
    private final SerialWorker signs;
    private final Callbacks callbacks;
    private final Socket.Opener sockets;
    private final Connection connection;
    private final Delivery delivery;
    private final Notes notes;
    private final Acks acks;
    private final Calls calls;
    private final Registration registration;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile String cid;
    private DeviceStatus told = DeviceStatus.STARTING;
    private NetworkWatch.Registration watch = () -> {};
    /** What was stored is not known yet; what is told meanwhile is stored after it. */
    private boolean loading = true;
    /** Nothing is stored any more. */
    private boolean ended;

    public DeviceRuntime(Parts parts) {
        this.parts = parts;
        Tuning tuning = parts.tuning;
        String name = "longwire-" + parts.appId;
        loop = new Loop(parts.clock, name, fault -> failed(new DeviceException(DeviceException.Code.INTERNAL, "a fault of the SDK", fault)));
        deliveries = new SerialWorker(loop, name + "-push", FEW);
        saves = new SerialWorker(loop, name + "-save", FEW);
        signs = new SerialWorker(loop, name + "-sign", FEW);
        callbacks = new Callbacks(parts.listener, new SerialWorker(loop, name + "-call", Callbacks.MAX));
        registration = parts.appSecret == null && parts.signer == null ? null
                : new Registration(parts.appId, parts.info, parts.signer == null ? Registration.with(parts.appSecret) : parts.signer);
        sockets = new OkHttpSockets(loop, parts.client, tuning.openTimeoutMs, name + "-net");
        connection = new Connection(loop, parts.url, sockets, new TunedRules(tuning, registration != null, parts.signer != null), new ConnectionOwner());
        Delivery.Owner owner = new DeliveryOwner();
        delivery = new Delivery(parts.appId, parts.storage, parts.handler, deliveries, tuning, owner);
        acks = new Acks(loop, tuning.ackEveryMs, connection::send);
        calls = new Calls(loop, tuning.callTimeoutMs, tuning.maxCalls, connection::send);
        notes = new Notes(loop, parts.appId, parts.storage, saves, tuning, connection::send, owner);
        deliveries.run(() -> load(owner));
    }

    public String cid() {
        return cid;
    }

    public DeviceStatus status() {
        return Statuses.of(connection.phase());
    }

    public StopReason stopReason() {
        Phase phase = connection.phase();
        return phase instanceof Phase.Stopped ? ((Phase.Stopped) phase).reason : null;
    }

    public void event(String task, String id, String action) {
        boolean taken = loop.run(() -> {
            if (ended) {
                dropped();
            } else {
                notes.add(new UserEvent(task, id, action, Math.max(0, loop.ownWallNow())));
            }
        });
        if (!taken) {
            dropped();
        }
    }

    /** @param op bind or unbind */
    public void alias(String op, String alias, CallResult result) {
        call(rid -> Frames.alias(rid, op, alias), result);
    }

    public void tags(Collection<String> tags, CallResult result) {
        List<String> own = new ArrayList<>(tags);
        call(rid -> Frames.tags(rid, own), result);
    }

    public void channel(ChannelKind kind, String token, CallResult app) {
        CallResult result = callbacks.result(app);
        orStopped(result, () -> notes.setChannel(kind, token, result));
    }

    public void checkNow() {
        loop.run(() -> connection.dispatch(Input.networkChanged()));
    }

    public void close() {
        loop.run(() -> connection.dispatch(Input.stop(StopReason.CLOSED)));
    }

    public void logout() {
        loop.run(() -> {
            if (cid != null) {
                acks.flushFor(cid);
            }
            connection.dispatch(Input.logout());
        });
    }

    /** Waits for the end, with the message in hand handled and stored. @return false if it took longer */
    public boolean awaitStopped(long ms) throws InterruptedException {
        long until = System.nanoTime() + ms * 1_000_000;
        return stopped.await(ms, TimeUnit.MILLISECONDS)
                && deliveries.awaitEnd(left(until)) && saves.awaitEnd(left(until));
    }

    private static long left(long until) {
        return Math.max(0, (until - System.nanoTime()) / 1_000_000);
    }

    private void call(Calls.Frame frame, CallResult app) {
        CallResult result = callbacks.result(app);
        orStopped(result, () -> calls.call(frame, result));
    }

    private void orStopped(CallResult result, Runnable task) {
        boolean taken = loop.run(() -> {
            if (connection.phase() instanceof Phase.Stopped) {
                result.onResult(new DeviceException(DeviceException.Code.OFFLINE, "the device is stopped"));
            } else {
                task.run();
            }
        });
        if (!taken) {
            result.onResult(new DeviceException(DeviceException.Code.OFFLINE, "the device is stopped"));
        }
    }

    /** On the deliveries' thread. */
    private void load(Delivery.Owner owner) {
        LoadedTexts loaded = LoadedTexts.load(parts.appId, parts.storage, deliveries, parts.tuning, owner);
        if (loaded != null) {
            delivery.restore(loaded.state);
        }
        loop.run(() -> loaded(loaded));
    }

    /** @param loaded null if a stop came between */
    private void loaded(LoadedTexts loaded) {
        loading = false;
        if (loaded != null) {
            notes.restore(loaded.events, loaded.channels);
        }
        if (connection.phase() instanceof Phase.Stopped) {
            end();
        } else {
            start(loaded);
        }
    }

    private void start(LoadedTexts loaded) {
        Identity identity = loaded.state == null ? null : loaded.state.identity;
        if (identity != null) {
            cid = identity.cid;
            callbacks.cid(cid);
        }
        try {
            watch = parts.network.watch(this::checkNow);
        } catch (RuntimeException | Error fault) {
            failed(new DeviceException(DeviceException.Code.CALLBACK_FAILED, "the network can't be watched", fault));
        }
        connection.dispatch(Input.start(identity));
    }

    /** On the signs' thread. */
    private void sign(int socket) {
        try {
            String frame = signs.within(parts.tuning.loginTimeoutMs, () -> {}, () -> registration.frame(loop.wallNow()));
            loop.run(() -> connection.dispatch(Input.signed(socket, frame)));
        } catch (Exception | Error fault) {
            failed(new DeviceException(DeviceException.Code.SIGN_FAILED, "the registration could not be signed", fault));
            loop.run(() -> connection.dispatch(Input.signFailed(socket)));
        }
    }

    private void changed(Phase phase) {
        if (phase instanceof Phase.Online) {
            acks.flushFor(phase.identity().cid);
            notes.online(phase.identity().cid);
        } else {
            calls.fail();
            notes.offline();
        }
        if (phase instanceof Phase.Stopped) {
            stop();
        }
        DeviceStatus status = Statuses.of(phase);
        if (status != told) {
            told = status;
            callbacks.status(status, stopReason());
        }
        if (phase instanceof Phase.Stopped) {
            stopped.countDown();
        }
    }

    private void stop() {
        acks.stop();
        notes.stop();
        deliveries.stop();
        signs.stop();
        try {
            watch.end();
        } catch (RuntimeException | Error fault) {
            failed(new DeviceException(DeviceException.Code.CALLBACK_FAILED, "the watch of the network failed to end", fault));
        }
        sockets.end();
        if (!loading) {
            end();
        }
    }

    private void end() {
        ended = true;
        saves.stop();
        loop.stop();
    }

    private void dropped() {
        failed(new DeviceException(DeviceException.Code.EVENT_DROPPED, "the device is stopped: the event is not kept"));
    }

    private void failed(DeviceException error) {
        callbacks.error(error);
    }

    private final class DeliveryOwner implements Delivery.Owner {
        @Override
        public void identified(Identity identity) {
            loop.run(() -> {
                // One that stopped meanwhile is told of it by its next start.
                if (identity.cid.equals(cid) && !(connection.phase() instanceof Phase.Stopped)) {
                    callbacks.cid(identity.cid);
                }
            });
        }

        @Override
        public void finished(Identity identity, Delivered message) {
            loop.run(() -> {
                if (identity.cid.equals(cid)) {
                    acks.add(identity.cid, message);
                }
            });
        }

        @Override
        public void failed(DeviceException error) {
            DeviceRuntime.this.failed(error);
        }
    }

    private final class ConnectionOwner implements Connection.Owner {
        @Override
        public void sign(int socket) {
            // One that is still under way belongs to a socket that was given up: its turn ends by its deadline.
            if (!signs.run(() -> DeviceRuntime.this.sign(socket))) {
                connection.dispatch(Input.signFailed(socket));
            }
        }

        @Override
        public String login(Identity identity) {
            return Frames.login(parts.appId, identity, delivery.state());
        }

        @Override
        public void registered(Identity identity) {
            cid = identity.cid;
            delivery.offer(Work.identity(identity));
        }

        @Override
        public void welcomed(Identity identity, long bseq) {
            delivery.offer(Work.cursor(identity, bseq));
        }

        @Override
        public void forgotten(Identity identity, String field) {
            acks.forget(field);
            delivery.offer(Work.forget(identity, field));
        }

        @Override
        public boolean pushed(Identity identity, Delivered message) {
            if (delivery.offer(Work.push(identity, message))) {
                return true;
            }
            failed(new DeviceException(DeviceException.Code.INBOX_FULL, "pushes come faster than onPush takes them"));
            return false;
        }

        @Override
        public void answered(ServerFrame.Answer answer) {
            if (answer.rid.startsWith(Calls.PREFIX)) {
                calls.answer(answer);
            } else {
                notes.answered(answer);
            }
        }

        @Override
        public void changed(Phase phase) {
            DeviceRuntime.this.changed(phase);
        }

        @Override
        public void failed(DeviceException error) {
            DeviceRuntime.this.failed(error);
        }
    }
}
