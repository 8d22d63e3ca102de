package dev.longwire.sdk.run;

import dev.longwire.sdk.CallResult;
import dev.longwire.sdk.DeviceException;
import dev.longwire.sdk.core.ServerFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** Frames that the server answers, matched by their rid. All of them may be repeated without harm. On the loop. */
final class Calls {
    static final String PREFIX = "c";

    /** Makes the frame of a call. */
    interface Frame {
        String with(String rid);
    }

    private static final class Waiting {
        final CallResult result;
        final Loop.Timer timer;

        Waiting(CallResult result, Loop.Timer timer) {
            this.result = result;
            this.timer = timer;
        }
    }

    private final Loop loop;
    private final long timeoutMs;
    private final int max;
    private final Acks.Sender sender;
    private final Map<String, Waiting> waiting = new HashMap<>();
    private long count;

    Calls(Loop loop, long timeoutMs, int max, Acks.Sender sender) {
        this.loop = loop;
        this.timeoutMs = timeoutMs;
        this.max = max;
        this.sender = sender;
    }

    void call(Frame frame, CallResult result) {
        if (waiting.size() >= max) {
            result.onResult(new DeviceException(DeviceException.Code.CALL_REFUSED, max + " calls are under way already"));
            return;
        }
        String rid = PREFIX + ++count;
        if (!sender.send(frame.with(rid))) {
            result.onResult(new DeviceException(DeviceException.Code.OFFLINE, "not connected"));
            return;
        }
        Loop.Timer timer = loop.after(timeoutMs, () -> end(rid,
                new DeviceException(DeviceException.Code.TIMEOUT, "no answer within " + timeoutMs + " ms")));
        waiting.put(rid, new Waiting(result, timer));
    }

    void answer(ServerFrame.Answer answer) {
        end(answer.rid, answer.fault == null ? null : refused(answer.fault));
    }

    /** The connection is gone, and with it the answers. */
    void fail() {
        for (String rid : new ArrayList<>(waiting.keySet())) {
            end(rid, new DeviceException(DeviceException.Code.OFFLINE, "the connection was lost"));
        }
    }

    static DeviceException refused(ServerFrame.Fault fault) {
        return new DeviceException(DeviceException.Code.CALL_REFUSED, fault.code + ": " + fault.message);
    }

    private void end(String rid, DeviceException error) {
        Waiting ended = waiting.remove(rid);
        if (ended != null) {
            ended.timer.cancel();
            ended.result.onResult(error);
        }
    }
}
