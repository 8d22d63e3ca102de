package dev.longwire.harness;

import dev.longwire.sdk.CallResult;
import dev.longwire.sdk.ChannelKind;
import dev.longwire.sdk.Device;
import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.DeviceListener;
import dev.longwire.sdk.DeviceOptions;
import dev.longwire.sdk.DeviceStatus;
import dev.longwire.sdk.EventAction;
import dev.longwire.sdk.Push;
import dev.longwire.sdk.StopReason;
import dev.longwire.sdk.Tuning;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import okhttp3.OkHttpClient;

/** One device that obeys commands. */
final class TestDevice {
    private static final long STOP_MS = 10_000;

    /** Hears how a command ended; a null code is success. */
    interface Result {
        void end(String code, String message);
    }

    private final String name;
    private final Output output;
    private final Gate gate = new Gate();
    private Device device;
    private CuttableStorage storage;
    private CuttableSockets sockets;

    TestDevice(String name, Output output) {
        this.name = name;
        this.output = output;
    }

    void obey(Map<?, ?> command, Result result) {
        String what = text(command, "c");
        if (what.equals("start")) {
            start(command);
            result.end(null, null);
            return;
        }
        if (what.equals("hold") || what.equals("release")) {
            gate.hold(what.equals("hold"));
            result.end(null, null);
            return;
        }
        if (device == null) {
            result.end("not_started", "there is no device");
            return;
        }
        CallResult call = error -> result.end(error == null ? null : nameOf(error.code()), error == null ? null : error.getMessage());
        switch (what) {
            case "stop":
                device.close();
                drop(result);
                break;
            case "logout":
                device.logout();
                drop(result);
                break;
            case "crash":
                storage.cut();
                sockets.cut();
                gate.abandon();
                device.close();
                drop(result);
                break;
            case "alias":
                if (text(command, "op").equals("bind")) {
                    device.bindAlias(text(command, "alias"), call);
                } else {
                    device.unbindAlias(text(command, "alias"), call);
                }
                break;
            case "tags":
                device.setTags(texts(command, "set"), call);
                break;
            case "channel":
                String kind = text(command, "kind").toUpperCase(Locale.ROOT);
                device.setChannel(ChannelKind.valueOf(kind), (String) command.get("token"), call);
                break;
            case "event":
                device.event(text(command, "task"), text(command, "id"), EventAction.of(text(command, "action")));
                result.end(null, null);
                break;
            default:
                result.end("bad_command", what + ": no such command");
        }
    }

    void end() {
        if (device != null) {
            gate.abandon();
            device.close();
        }
    }

    private void start(Map<?, ?> command) {
        if (device != null) {
            throw new IllegalStateException("it is started already");
        }
        gate.open();
        storage = new CuttableStorage(new File(text(command, "state")));
        sockets = new CuttableSockets();
        DeviceOptions options = new DeviceOptions(text(command, "url"), text(command, "appId"))
                .storage(storage)
                .httpClient(new OkHttpClient.Builder().socketFactory(sockets).build())
                .tuning(tuning((Map<?, ?>) command.get("tuning")))
                .listener(new Listener(storage))
                .onPush(new Handler(storage)::onPush);
        if (command.get("appSecret") != null) {
            options.appSecret(text(command, "appSecret"));
        }
        device = Device.connect(options);
    }

    private static Tuning tuning(Map<?, ?> given) {
        Tuning tuning = new Tuning();
        if (given != null) {
            tuning.reconnectMinMs = number(given, "minBackoffMs", tuning.reconnectMinMs);
            tuning.reconnectMaxMs = number(given, "maxBackoffMs", tuning.reconnectMaxMs);
            tuning.retryMinMs = Math.min(tuning.retryMinMs, tuning.reconnectMinMs);
            tuning.retryMaxMs = Math.min(tuning.retryMaxMs, Math.max(tuning.retryMinMs, tuning.reconnectMaxMs));
        }
        return tuning;
    }

    private void drop(Result result) {
        Device ended = device;
        device = null;
        try {
            // A handler that is held is let go only then, so that its message counts as not handled.
            for (long until = System.nanoTime() + STOP_MS * 1_000_000; ended.stopReason() == null && System.nanoTime() < until;) {
                Thread.sleep(1);
            }
            gate.abandon();
            boolean stopped = ended.awaitStopped(STOP_MS);
            result.end(stopped ? null : "timeout", stopped ? null : "it did not stop within " + STOP_MS + " ms");
        } catch (InterruptedException fault) {
            result.end("interrupted", String.valueOf(fault));
        }
    }

    /** What a dropped instance still says is of a process that is no more. */
    private final class Handler {
        private final CuttableStorage of;

        Handler(CuttableStorage of) {
            this.of = of;
        }

        void onPush(Push push) throws Exception {
            if (of.isCut()) {
                throw new IllegalStateException("the process is dead");
            }
            boolean held = gate.isHeld();
            String kind = push.notification != null ? "notification" : push.revoke != null ? "revoke" : "transmission";
            String text = push.notification != null ? push.notification.body : push.revoke != null ? push.revoke.task : push.transmission;
            output.event("push", name, "id", push.id, "task", push.task, "kind", kind, "text", text);
            // A hold that comes once this one is told is for the next one.
            if (held) {
                gate.pass();
            }
        }
    }

    private final class Listener extends DeviceListener {
        private final CuttableStorage of;

        Listener(CuttableStorage of) {
            this.of = of;
        }

        @Override
        public void onStatus(DeviceStatus status, StopReason reason) {
            if (!of.isCut() && status != DeviceStatus.LEAVING) {
                String told = status == DeviceStatus.ONLINE ? "connected" : nameOf(status);
                output.event("status", name, "status", told, "reason", reason == null ? null : nameOf(reason));
            }
        }

        @Override
        public void onCid(String cid) {
            if (!of.isCut()) {
                output.event("cid", name, "cid", cid);
            }
        }

        @Override
        public void onError(DeviceException error) {
            System.err.println((name == null ? "" : name + ": ") + error.code() + ": " + error.getMessage()
                    + (error.getCause() == null ? "" : ": " + error.getCause()));
        }
    }

    private static String nameOf(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String text(Map<?, ?> command, String field) {
        Object value = command.get(field);
        if (!(value instanceof String)) {
            throw new IllegalArgumentException(field + ": it is missing or no text");
        }
        return (String) value;
    }

    private static List<String> texts(Map<?, ?> command, String field) {
        List<String> texts = new ArrayList<>();
        for (Object one : (List<?>) command.get(field)) {
            texts.add((String) one);
        }
        return texts;
    }

    private static long number(Map<?, ?> given, String field, long otherwise) {
        Object value = given.get(field);
        return value instanceof Long ? (Long) value : otherwise;
    }
}
