package dev.longwire.sdk.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a device keeps across restarts. */
public final class DeviceState {
    /** How many ids are kept: a message that was written twice comes at another position with the same id. */
    public static final int KEPT_IDS = 200;

    /** Longest text of a state that is read, characters. */
    public static final int MAX_CHARS = 1 << 20;

    public final String appId;
    public final Identity identity;
    /** Highest position finished; 0 if none. */
    public final long seq;
    /** Last broadcast cursor finished; null until the first welcome told where it stands. */
    public final Long bseq;
    /** Ids of the last messages the app got, oldest first. */
    public final List<String> ids;

    private DeviceState(String appId, Identity identity, long seq, Long bseq, List<String> ids) {
        this.appId = appId;
        this.identity = identity;
        this.seq = seq;
        this.bseq = bseq;
        this.ids = ids;
    }

    /** A device that has had nothing yet. The ids of the one before stay: its messages are not to be shown again. */
    public static DeviceState fresh(String appId, Identity identity, DeviceState before) {
        List<String> ids = before == null ? Collections.<String>emptyList() : before.ids;
        return new DeviceState(appId, identity, 0, null, ids);
    }

    /** Whether the app had this message before. */
    public boolean isFinished(Delivered message) {
        if (message.seq != null && message.seq <= seq) {
            return true;
        }
        if (message.bseq != null && bseq != null && message.bseq <= bseq) {
            return true;
        }
        return ids.contains(message.push.id);
    }

    /** The state once the app has had this message: the very same object if nothing changes. */
    public DeviceState finish(Delivered message) {
        long newSeq = message.seq == null ? seq : Math.max(seq, message.seq);
        Long newBseq = message.bseq == null ? bseq : (Long) Math.max(bseq == null ? 0 : bseq, message.bseq);
        boolean known = isFinished(message);
        if (known && newSeq == seq && (newBseq == null ? bseq == null : newBseq.equals(bseq))) {
            return this;
        }
        return new DeviceState(appId, identity, newSeq, newBseq, known ? ids : with(message.push.id));
    }

    /** Takes the server's word for where the broadcasts begin, if there was none yet. */
    public DeviceState withCursor(long cursor) {
        return bseq != null ? this : new DeviceState(appId, identity, seq, cursor, ids);
    }

    /** Forgets a position that the server doesn't know: the next messages are told apart by their ids alone. */
    public DeviceState without(String field) {
        if (field.equals("seq")) {
            return seq == 0 ? this : new DeviceState(appId, identity, 0, bseq, ids);
        }
        return bseq == null ? this : new DeviceState(appId, identity, seq, null, ids);
    }

    public String encode() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("appId", appId);
        fields.put("cid", identity.cid);
        fields.put("token", identity.token);
        fields.put("seq", seq);
        if (bseq != null) {
            fields.put("bseq", bseq);
        }
        fields.put("ids", ids);
        return Json.write(fields);
    }

    /** Null if the text is not a device's state. */
    public static DeviceState decode(String text) {
        Fields fields;
        try {
            fields = Fields.of(Json.parse(text, MAX_CHARS));
        } catch (JsonFault fault) {
            return null;
        }
        if (fields == null || !(fields.get("ids") instanceof List)) {
            return null;
        }
        String appId = fields.text("appId");
        String cid = fields.text("cid");
        String token = fields.text("token");
        Long seq = fields.position("seq");
        Long bseq = fields.position("bseq");
        if (appId == null || cid == null || token == null || seq == null || (bseq == null && fields.has("bseq"))) {
            return null;
        }
        List<String> ids = new ArrayList<>();
        for (Object id : (List<?>) fields.get("ids")) {
            if (!(id instanceof String)) {
                return null;
            }
            ids.add((String) id);
        }
        return new DeviceState(appId, new Identity(cid, token), seq, bseq, last(ids));
    }

    private List<String> with(String id) {
        List<String> more = new ArrayList<>(ids.size() + 1);
        more.addAll(ids);
        more.add(id);
        return last(more);
    }

    private static List<String> last(List<String> all) {
        int from = Math.max(0, all.size() - KEPT_IDS);
        return Collections.unmodifiableList(from == 0 ? all : new ArrayList<>(all.subList(from, all.size())));
    }
}
