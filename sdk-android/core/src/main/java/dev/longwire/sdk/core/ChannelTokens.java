package dev.longwire.sdk.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The vendors' tokens that this device can be reached by while it has no connection. Each is told to the server until
 * the server has confirmed it for the cid that the device has: after a new registration it is told again.
 */
public final class ChannelTokens {
    /** Longest text of stored tokens that is read, characters. */
    public static final int MAX_CHARS = 256 << 10;

    private final long answerTimeoutMs;
    private final long retryMs;
    /** By kind; there are few of them. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long count;
    private String cid;
    private long pausedUntil = Long.MIN_VALUE;

    private static final class Entry {
        /** Null: the server is to drop the channel. */
        final String token;
        /** For whom the server has it; null if for nobody. */
        String confirmedFor;
        /** Who was refused with it: not told again, but by the next process or after the app says so again. */
        String refusedFor;
        /** Of what was sent last on this connection; null if nothing was. */
        String rid;
        long deadline;

        Entry(String token, String confirmedFor) {
            this.token = token;
            this.confirmedFor = confirmedFor;
        }
    }

    public ChannelTokens(long answerTimeoutMs, long retryMs) {
        this.answerTimeoutMs = answerTimeoutMs;
        this.retryMs = retryMs;
    }

    /** @param token null drops it. @return whether there is something to tell the server */
    public boolean set(String kind, String token) {
        Entry before = entries.get(kind);
        boolean same = before != null && (token == null ? before.token == null : token.equals(before.token));
        if (!same || before.refusedFor != null) {
            entries.put(kind, new Entry(token, null));
            return true;
        }
        return before.confirmedFor == null || (cid != null && !cid.equals(before.confirmedFor));
    }

    /** A connection of this cid came. */
    public void online(String of) {
        cid = of;
        pausedUntil = Long.MIN_VALUE;
        for (Entry entry : entries.values()) {
            entry.rid = null;
        }
    }

    public void offline() {
        cid = null;
    }

    /** Online: whether the server has yet to confirm or refuse what was set last. */
    public boolean isOpen(String kind) {
        return isOpen(entries.get(kind));
    }

    /** Takes what is to be told now. @return frames by rid */
    public Map<String, String> take(long now) {
        Map<String, String> frames = new LinkedHashMap<>();
        if (cid == null || now < pausedUntil) {
            return frames;
        }
        for (Map.Entry<String, Entry> next : entries.entrySet()) {
            Entry entry = next.getValue();
            boolean waits = entry.rid != null && now < entry.deadline;
            if (isOpen(entry) && !waits) {
                entry.rid = "k" + ++count;
                entry.deadline = now + answerTimeoutMs;
                frames.put(entry.rid, Frames.channel(entry.rid, next.getKey(), entry.token));
            }
        }
        return frames;
    }

    /** When {@link #take} gives more, if no answer comes before; null if never. */
    public Long dueAt(long now) {
        Long due = null;
        for (Entry entry : entries.values()) {
            if (cid != null && isOpen(entry)) {
                long at = Math.max(pausedUntil, entry.rid == null ? now : entry.deadline);
                due = due == null ? (Long) at : (Long) Math.min(due, at);
            }
        }
        return due;
    }

    /**
     * @param fault null for ok
     * @return the kind that is done with, by confirmation or refusal; null if the rid is none of the latest, or it goes again
     */
    public String answered(String rid, ServerFrame.Fault fault, long now) {
        for (Map.Entry<String, Entry> next : entries.entrySet()) {
            Entry entry = next.getValue();
            if (rid.equals(entry.rid)) {
                if (fault != null && fault.mayPass()) {
                    entry.deadline = now;
                    pausedUntil = now + retryMs;
                    return null;
                }
                if (fault == null) {
                    entry.confirmedFor = cid;
                } else {
                    entry.refusedFor = cid;
                }
                entry.rid = null;
                return next.getKey();
            }
        }
        return null;
    }

    public String encode(String appId) {
        List<Object> list = new ArrayList<>();
        for (Map.Entry<String, Entry> next : entries.entrySet()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("kind", next.getKey());
            fields.put("token", next.getValue().token);
            fields.put("confirmedFor", next.getValue().confirmedFor);
            list.add(fields);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("appId", appId);
        all.put("channels", list);
        return Json.write(all);
    }

    /** Takes what was stored, but for kinds that were set since. @return false if the text is none of these */
    public boolean restore(String appId, String text) {
        Fields fields;
        try {
            fields = Fields.of(Json.parse(text, MAX_CHARS));
        } catch (JsonFault fault) {
            return false;
        }
        if (fields == null || !(fields.get("channels") instanceof List)) {
            return false;
        }
        if (!appId.equals(fields.get("appId"))) {
            return true;
        }
        boolean whole = true;
        for (Object one : (List<?>) fields.get("channels")) {
            Fields channel = Fields.of(one);
            String kind = channel == null ? null : channel.text("kind");
            whole &= kind != null;
            if (kind != null) {
                restore(kind, new Entry(channel.text("token"), channel.text("confirmedFor")));
            }
        }
        return whole;
    }

    private boolean isOpen(Entry entry) {
        return !cid.equals(entry.confirmedFor) && !cid.equals(entry.refusedFor);
    }

    private void restore(String kind, Entry stored) {
        Entry now = entries.get(kind);
        if (now == null) {
            entries.put(kind, stored);
        } else if (now.token == null ? stored.token == null : now.token.equals(stored.token)) {
            now.confirmedFor = stored.confirmedFor;
        }
    }
}
