package dev.longwire.sdk;

import dev.longwire.sdk.core.Json;
import dev.longwire.sdk.core.JsonFault;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okio.ByteString;

/** A server that a test plays by hand, for faults that a real one doesn't make. */
final class ScriptedServer implements AutoCloseable {
    private static final long WAIT_MS = 10_000;

    private final MockWebServer server = new MockWebServer();
    private final LinkedBlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
    /** What upgrades are answered with instead, one each. */
    final LinkedBlockingQueue<MockResponse> refusals = new LinkedBlockingQueue<>();
    volatile RecordedRequest lastRequest;

    ScriptedServer() throws Exception {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                lastRequest = request;
                MockResponse refusal = refusals.poll();
                return refusal != null ? refusal : new MockResponse().withWebSocketUpgrade(new Peer());
            }
        });
        server.start();
    }

    String url() {
        return "ws://" + server.getHostName() + ":" + server.getPort() + "/sdk/v1";
    }

    /** The next connection. */
    Peer accept() throws InterruptedException {
        Peer peer = peers.poll(WAIT_MS, TimeUnit.MILLISECONDS);
        if (peer == null) {
            throw new AssertionError("no connection came");
        }
        return peer;
    }

    boolean hasConnection(long withinMs) throws InterruptedException {
        Peer peer = peers.poll(withinMs, TimeUnit.MILLISECONDS);
        return peer != null;
    }

    /** The next connection, logged in. */
    Peer acceptLogin(String cid) throws Exception {
        Peer peer = accept();
        Map<?, ?> first = peer.next();
        if ("register".equals(first.get("t"))) {
            peer.send("{\"t\":\"registered\",\"cid\":\"" + cid + "\",\"token\":\"token of " + cid + "\"}");
            first = peer.next();
        }
        if (!"login".equals(first.get("t"))) {
            throw new AssertionError("no login but " + first);
        }
        peer.login = first;
        peer.welcome();
        return peer;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    final class Peer extends WebSocketListener {
        private final LinkedBlockingQueue<Object> got = new LinkedBlockingQueue<>();
        private WebSocket socket;
        Map<?, ?> login;

        @Override
        public void onOpen(WebSocket of, Response response) {
            socket = of;
            peers.add(this);
        }

        @Override
        public void onMessage(WebSocket of, String text) {
            try {
                got.add(Json.parse(text, 1 << 20));
            } catch (JsonFault fault) {
                got.add(fault);
            }
        }

        @Override
        public void onClosing(WebSocket of, int code, String reason) {
            got.add(code);
            of.close(1000, null);
        }

        @Override
        public void onFailure(WebSocket of, Throwable fault, Response response) {
            got.add(1006);
        }

        void send(String frame) {
            socket.send(frame);
        }

        void sendBinary(byte[] bytes) {
            socket.send(ByteString.of(bytes));
        }

        void welcome() {
            send("{\"t\":\"welcome\",\"session\":\"s\",\"heartbeat\":45,\"serverTime\":" + System.currentTimeMillis() + ",\"window\":32,\"bseq\":3}");
        }

        void push(long seq, String id) {
            send("{\"t\":\"push\",\"id\":\"" + id + "\",\"task\":\"task\",\"seq\":" + seq + ",\"transmission\":\"text of " + id + "\"}");
        }

        void close(int code) {
            socket.close(code, null);
        }

        void refuse(String reason, long serverTime) {
            send("{\"t\":\"error\",\"code\":\"bad_credentials\",\"message\":\"m\",\"reason\":\"" + reason + "\",\"serverTime\":" + serverTime + "}");
            close(4401);
        }

        /** The next frame. */
        Map<?, ?> next() throws InterruptedException {
            Object next = got.poll(WAIT_MS, TimeUnit.MILLISECONDS);
            if (!(next instanceof Map)) {
                throw new AssertionError("no frame but " + next);
            }
            return (Map<?, ?>) next;
        }

        /** The next frame of a kind; those of other kinds before it are passed over. */
        Map<?, ?> next(String kind) throws InterruptedException {
            Map<?, ?> frame = next();
            while (!kind.equals(frame.get("t"))) {
                frame = next();
            }
            return frame;
        }

        boolean hasFrame(long withinMs) throws InterruptedException {
            Object next = got.poll(withinMs, TimeUnit.MILLISECONDS);
            return next != null;
        }

        /** The code of the close; frames before it are passed over. */
        int closed() throws InterruptedException {
            for (Object next = got.poll(WAIT_MS, TimeUnit.MILLISECONDS); next != null; next = got.poll(WAIT_MS, TimeUnit.MILLISECONDS)) {
                if (next instanceof Integer) {
                    return (Integer) next;
                }
            }
            throw new AssertionError("it was not closed");
        }
    }
}
