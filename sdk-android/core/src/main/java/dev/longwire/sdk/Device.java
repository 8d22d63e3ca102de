package dev.longwire.sdk;

import dev.longwire.sdk.core.EventQueue;
import dev.longwire.sdk.run.DeviceRuntime;
import dev.longwire.sdk.run.Parts;
import java.util.Collection;
import java.util.LinkedHashMap;

/** One installation of an app, and its connection to the server. Its methods may be called on any thread and don't block. */
public final class Device implements AutoCloseable {
    /** What the SDK calls itself. */
    public static final String SDK = "longwire-java/0.1.0";

    private static final int MAX_TOKEN = 4096;
    /** Longest alias or tag that is sent; the server's own bound is lower. */
    private static final int MAX_NAME = 1024;
    private static final int MAX_TAGS = 1_000;

    private final DeviceRuntime runtime;

    private Device(DeviceRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Connects this device, and keeps it connected until {@link #close} or {@link #logout}, or until the server sends it
     * away for good. One process has one device for a storage.
     *
     * @throws IllegalArgumentException naming the option that is missing or wrong
     */
    public static Device connect(DeviceOptions options) {
        Parts parts = new Parts();
        parts.url = options.url;
        parts.appId = options.appId;
        parts.info = new LinkedHashMap<>(options.info);
        if (options.appSecret != null && options.signer != null) {
            throw new IllegalArgumentException("appSecret: give it or a signer, not both");
        }
        if (options.appSecret != null && options.appSecret.isEmpty()) {
            throw new IllegalArgumentException("appSecret: it is empty");
        }
        parts.appSecret = options.appSecret;
        parts.signer = options.signer;
        parts.storage = needed("storage", options.storage);
        parts.handler = needed("onPush", options.handler);
        parts.listener = needed("listener", options.listener);
        parts.network = needed("network", options.network);
        parts.clock = needed("clock", options.clock);
        parts.client = options.client;
        parts.tuning = needed("tuning", options.tuning).checked();
        return new Device(new DeviceRuntime(parts));
    }

    /**
     * Name of this installation. Null until it is known: when online it is. {@link DeviceListener#onCid} tells it once it is stored: only
     * then tell whoever pushes to it.
     */
    public String cid() {
        return runtime.cid();
    }

    public DeviceStatus status() {
        return runtime.status();
    }

    /** Why it is stopped; null if it isn't. */
    public StopReason stopReason() {
        return runtime.stopReason();
    }

    /**
     * Says what the user did with a push: for the sender's statistics. Kept in the storage until the server has confirmed
     * it, up to {@link Tuning#maxEvents} and for a week. A device that is stopped keeps none, and {@code onError} says so.
     */
    public void event(Push push, EventAction action) {
        event(push.task, push.id, action);
    }

    /** The same where the push itself is not at hand, as after a tap on a notification. */
    public void event(String task, String id, EventAction action) {
        if (!EventQueue.fits(task) || !EventQueue.fits(id)) {
            throw new IllegalArgumentException("task, id: they are those of a push");
        }
        runtime.event(task, id, action.wireName());
    }

    /** Gives this device another name to push to, in place of the one it had. Needs a connection. @param result may be null */
    public void bindAlias(String alias, CallResult result) {
        runtime.alias("bind", name("alias", alias), result);
    }

    /** @param result may be null */
    public void unbindAlias(String alias, CallResult result) {
        runtime.alias("unbind", name("alias", alias), result);
    }

    /** Sets the full list of this device's tags. Needs a connection. @param result may be null */
    public void setTags(Collection<String> tags, CallResult result) {
        if (tags.size() > MAX_TAGS) {
            throw new IllegalArgumentException("tags: there are more than " + MAX_TAGS);
        }
        for (String tag : tags) {
            name("tags", tag);
        }
        runtime.tags(tags, result);
    }

    /**
     * Where a vendor's push service reaches this device while it has no connection. Kept in the storage, and told to the
     * server with the next connection, and again after a new registration: call it whenever the vendor gives a token.
     *
     * @param token 1 to 4096 printable ASCII characters without spaces; null ends the channel
     * @param result called when the server has confirmed or refused it; may be null
     */
    public void setChannel(ChannelKind kind, String token, CallResult result) {
        if (token != null && (token.length() > MAX_TOKEN || !token.matches("[!-~]+"))) {
            throw new IllegalArgumentException("token: it is not 1 to " + MAX_TOKEN + " printable ASCII characters without spaces");
        }
        runtime.channel(needed("kind", kind), token, result);
    }

    /** Looks at once whether the connection lives, or makes one: after a sleep, or when the app comes to the front. */
    public void checkNow() {
        runtime.checkNow();
    }

    /** Disconnects for good; messages wait at the server. May be called twice. */
    @Override
    public void close() {
        runtime.close();
    }

    /** Like {@link #close}, and tells the server, which takes the device for offline at once. The next connect is the same device. */
    public void logout() {
        runtime.logout();
    }

    /**
     * Waits until it is stopped and the message in hand is handled and stored (so not to be called in onPush). This blocks.
     *
     * @return false if it took longer
     */
    public boolean awaitStopped(long ms) throws InterruptedException {
        return runtime.awaitStopped(ms);
    }

    private static String name(String what, String value) {
        if (value == null || value.isEmpty() || value.length() > MAX_NAME) {
            throw new IllegalArgumentException(what + ": it is not 1 to " + MAX_NAME + " characters");
        }
        return value;
    }

    private static <T> T needed(String name, T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + ": it is missing");
        }
        return value;
    }
}
