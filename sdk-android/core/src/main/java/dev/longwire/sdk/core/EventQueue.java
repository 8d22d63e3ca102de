package dev.longwire.sdk.core;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Events until the server has confirmed each. Up to a window of them is under way at once; one that nothing answers in
 * time goes again on the next connection, one that the server can't take now after a pause. The server counts an event
 * once however often it is told. Times are ms of a monotonic clock, but for the age of an event.
 */
public final class EventQueue {
    /** Below the 32 calls that a server lets be under way. */
    static final int WINDOW = 16;
    /** A longer field is none that a server gave. */
    static final int MAX_FIELD = 256;
    /** Longest text of stored events that is read, characters. */
    public static final int MAX_CHARS = 4 << 20;
    /** An event that is older is of no use to anybody; so a server that confirms none doesn't get it for ever. */
    static final long MAX_AGE_MS = 7 * 86_400_000L;

    private final int max;
    private final long answerTimeoutMs;
    private final long retryMs;
    /** By rid, oldest first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long count;
    private boolean online;
    private long pausedUntil = Long.MIN_VALUE;

    private static final class Entry {
        final UserEvent event;
        boolean sent;
        /** While an answer is awaited. */
        boolean underWay;
        long deadline;

        Entry(UserEvent event) {
            this.event = event;
        }
    }

    /** @param retryMs how long to wait after an answer that says: not now */
    public EventQueue(int max, long answerTimeoutMs, long retryMs) {
        this.max = max;
        this.answerTimeoutMs = answerTimeoutMs;
        this.retryMs = retryMs;
    }

    public int size() {
        return entries.size();
    }

    /** @return how many were dropped to make room: the oldest */
    public int add(UserEvent event) {
        int dropped = 0;
        while (entries.size() >= max) {
            entries.remove(entries.keySet().iterator().next());
            dropped++;
        }
        entries.put("e" + ++count, new Entry(event));
        return dropped;
    }

    /** @return how many were too old, by the clock that events are stamped with */
    public int dropOld(long wallNow) {
        int before = entries.size();
        for (Iterator<Entry> all = entries.values().iterator(); all.hasNext();) {
            if (wallNow - all.next().event.at > MAX_AGE_MS) {
                all.remove();
            }
        }
        return before - entries.size();
    }

    /** A connection came: what had no answer on the one before goes again. */
    public void online() {
        online = true;
        pausedUntil = Long.MIN_VALUE;
        for (Entry entry : entries.values()) {
            entry.sent = false;
            entry.underWay = false;
        }
    }

    public void offline() {
        online = false;
    }

    /**
     * Takes what may be sent now; each counts as sent.
     *
     * @param aheadMs what the server's clock is ahead of the one that events are stamped with
     * @return frames by rid
     */
    public Map<String, String> take(long now, long aheadMs) {
        Map<String, String> frames = new LinkedHashMap<>();
        if (!online || now < pausedUntil) {
            return frames;
        }
        int room = WINDOW;
        for (Entry entry : entries.values()) {
            if (entry.underWay && now >= entry.deadline) {
                entry.underWay = false;
            }
            room -= entry.underWay ? 1 : 0;
        }
        for (Map.Entry<String, Entry> next : entries.entrySet()) {
            Entry entry = next.getValue();
            if (room <= 0) {
                break;
            }
            if (!entry.sent) {
                entry.sent = true;
                entry.underWay = true;
                entry.deadline = now + answerTimeoutMs;
                frames.put(next.getKey(), Frames.event(next.getKey(), entry.event, aheadMs));
                room--;
            }
        }
        return frames;
    }

    /** When {@link #take} may give more, if no answer comes before; null if never. */
    public Long dueAt(long now) {
        if (!online) {
            return null;
        }
        Long due = null;
        boolean unsent = false;
        for (Entry entry : entries.values()) {
            unsent |= !entry.sent;
            if (entry.underWay && (due == null || entry.deadline < due)) {
                due = entry.deadline;
            }
        }
        if (!unsent) {
            return null;
        }
        return now < pausedUntil ? (Long) pausedUntil : due;
    }

    /** @return whether the rid is one of an event that was waited for */
    public boolean isMine(String rid) {
        return entries.containsKey(rid);
    }

    /** @param fault null for ok. @return whether the event is done with, by confirmation or refusal */
    public boolean answered(String rid, ServerFrame.Fault fault, long now) {
        Entry entry = entries.get(rid);
        if (entry == null) {
            return false;
        }
        if (fault == null || !fault.mayPass()) {
            entries.remove(rid);
            return true;
        }
        entry.sent = false;
        entry.underWay = false;
        pausedUntil = now + retryMs;
        return false;
    }

    public String encode(String appId) {
        List<Object> list = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("task", entry.event.task);
            fields.put("id", entry.event.id);
            fields.put("action", entry.event.action);
            fields.put("at", entry.event.at);
            list.add(fields);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("appId", appId);
        all.put("events", list);
        return Json.write(all);
    }

    /** Adds what was stored, before all that were added since. @return false if the text is none of these */
    public boolean restore(String appId, String text) {
        Fields fields;
        try {
            fields = Fields.of(Json.parse(text, MAX_CHARS));
        } catch (JsonFault fault) {
            return false;
        }
        if (fields == null || !(fields.get("events") instanceof List)) {
            return false;
        }
        if (!appId.equals(fields.get("appId"))) {
            return true;
        }
        List<Entry> since = new ArrayList<>(entries.values());
        entries.clear();
        boolean whole = true;
        for (Object one : (List<?>) fields.get("events")) {
            UserEvent event = read(Fields.of(one));
            whole &= event != null;
            if (event != null) {
                add(event);
            }
        }
        for (Entry entry : since) {
            add(entry.event);
        }
        return whole;
    }

    private static UserEvent read(Fields from) {
        Long at = from == null ? null : from.position("at");
        if (at == null || !fits(from.text("task")) || !fits(from.text("id")) || !fits(from.text("action"))) {
            return null;
        }
        return new UserEvent(from.text("task"), from.text("id"), from.text("action"), at);
    }

    /** Whether a server may have given this as a task or an id. */
    public static boolean fits(String field) {
        return field != null && !field.isEmpty() && field.length() <= MAX_FIELD;
    }
}
