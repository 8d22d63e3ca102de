package dev.longwire.sdk.run;

import dev.longwire.sdk.CallResult;
import dev.longwire.sdk.ChannelKind;
import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.DeviceStorage;
import dev.longwire.sdk.Tuning;
import dev.longwire.sdk.core.ChannelTokens;
import dev.longwire.sdk.core.EventQueue;
import dev.longwire.sdk.core.ServerFrame;
import dev.longwire.sdk.core.UserEvent;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** What the device has to tell the server and keeps until the server has confirmed it: events and channels' tokens. On the loop. */
final class Notes {
    static final String EVENTS = "events";
    static final String CHANNELS = "channels";

    private final Loop loop;
    private final String appId;
    private final Acks.Sender sender;
    private final Delivery.Owner owner;
    private final EventQueue events;
    private final ChannelTokens channels;
    private final StoredText storedEvents;
    private final StoredText storedChannels;
    /** Who waits for the end of the latest token of a kind. */
    private final Map<String, CallResult> results = new HashMap<>();
    /** Nothing is stored before what was stored is known. */
    private boolean restored;
    private boolean channelSet;
    private boolean online;
    private Loop.Timer timer;

    Notes(Loop loop, String appId, DeviceStorage storage, SerialWorker worker, Tuning tuning, Acks.Sender sender, Delivery.Owner owner) {
        this.loop = loop;
        this.appId = appId;
        this.sender = sender;
        this.owner = owner;
        events = new EventQueue(tuning.maxEvents, tuning.callTimeoutMs, tuning.retryMinMs);
        channels = new ChannelTokens(tuning.callTimeoutMs, tuning.retryMinMs);
        storedEvents = new StoredText(loop, worker, storage, tuning, EVENTS, () -> events.encode(appId), owner);
        storedChannels = new StoredText(loop, worker, storage, tuning, CHANNELS, () -> channels.encode(appId), owner);
    }

    /** Takes what was stored; each may be null for nothing. */
    void restore(String eventsText, String channelsText) {
        boolean added = events.size() > 0;
        if (eventsText != null && !events.restore(appId, eventsText)) {
            corrupt(EVENTS);
        }
        if (channelsText != null && !channels.restore(appId, channelsText)) {
            corrupt(CHANNELS);
        }
        restored = true;
        if (added) {
            storedEvents.changed();
        }
        if (channelSet) {
            storedChannels.changed();
        }
        flush();
    }

    void add(UserEvent event) {
        int dropped = events.add(event);
        if (dropped > 0) {
            owner.failed(new DeviceException(DeviceException.Code.EVENT_DROPPED, "too many events wait; the oldest was dropped"));
        }
        changed(storedEvents);
    }

    void setChannel(ChannelKind kind, String token, CallResult result) {
        CallResult before = results.remove(kind.wireName());
        if (before != null) {
            before.onResult(new DeviceException(DeviceException.Code.SUPERSEDED, "another token took the place of this one"));
        }
        if (channels.set(kind.wireName(), token)) {
            results.put(kind.wireName(), result);
            channelSet = true;
            changed(storedChannels);
        } else {
            result.onResult(null);
        }
    }

    void online(String cid) {
        online = true;
        int old = events.dropOld(loop.ownWallNow());
        if (old > 0) {
            owner.failed(new DeviceException(DeviceException.Code.EVENT_DROPPED, old + " events were too old and were dropped"));
            changed(storedEvents);
        }
        events.online();
        channels.online(cid);
        endConfirmed();
        flush();
    }

    void offline() {
        online = false;
        events.offline();
        channels.offline();
    }

    /** What waits stays stored; whoever waits for a token's end hears that it is open. */
    void stop() {
        offline();
        cancel();
        for (CallResult result : results.values()) {
            result.onResult(new DeviceException(DeviceException.Code.OFFLINE, "the device was stopped; the token is told at the next start"));
        }
        results.clear();
        if (restored) {
            storedEvents.stop();
            storedChannels.stop();
        }
    }

    void answered(ServerFrame.Answer answer) {
        long now = loop.now();
        if (events.isMine(answer.rid)) {
            if (events.answered(answer.rid, answer.fault, now)) {
                if (answer.fault != null) {
                    owner.failed(Calls.refused(answer.fault));
                }
                changed(storedEvents);
            }
        } else {
            String kind = channels.answered(answer.rid, answer.fault, now);
            CallResult result = kind == null ? null : results.remove(kind);
            if (result != null) {
                result.onResult(answer.fault == null ? null : Calls.refused(answer.fault));
            } else if (kind != null && answer.fault != null) {
                owner.failed(Calls.refused(answer.fault));
            }
            if (kind != null) {
                changed(storedChannels);
            }
        }
        flush();
    }

    private void changed(StoredText text) {
        if (restored) {
            text.changed();
        }
        flush();
    }

    private void flush() {
        cancel();
        if (!online || !restored) {
            return;
        }
        long now = loop.now();
        if (!send(events.take(now, loop.aheadMs())) || !send(channels.take(now))) {
            return;
        }
        Long ofEvents = events.dueAt(now);
        Long ofChannels = channels.dueAt(now);
        if (ofEvents != null || ofChannels != null) {
            long due = Math.min(ofEvents == null ? Long.MAX_VALUE : ofEvents, ofChannels == null ? Long.MAX_VALUE : ofChannels);
            timer = loop.after(Math.max(1, due - now), this::flush);
        }
    }

    /** What could not be sent has a deadline like what was, and goes again on the next connection at the latest. */
    private boolean send(Map<String, String> frames) {
        for (String frame : frames.values()) {
            if (!sender.send(frame)) {
                return false;
            }
        }
        return true;
    }

    /** A token that was set before what was stored was known may be one that the server has. */
    private void endConfirmed() {
        for (Iterator<Map.Entry<String, CallResult>> all = results.entrySet().iterator(); all.hasNext();) {
            Map.Entry<String, CallResult> next = all.next();
            if (!channels.isOpen(next.getKey())) {
                all.remove();
                next.getValue().onResult(null);
            }
        }
    }

    private void corrupt(String name) {
        owner.failed(new DeviceException(DeviceException.Code.STORAGE_CORRUPT, "what was stored of " + name + " can't be read"));
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
