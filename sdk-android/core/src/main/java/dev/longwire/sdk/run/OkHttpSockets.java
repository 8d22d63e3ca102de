package dev.longwire.sdk.run;

import dev.longwire.sdk.core.Frames;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

/** Sockets over OkHttp. */
final class OkHttpSockets implements Socket.Opener {
    /** How long a socket that was left may take to close in good order. */
    private static final long LEAVE_MS = 3_000;
    private static final int LOST = 1006;
    /** A device has one socket, and one that it just left; more are only left ones that take their time. */
    private static final int MAX_THREADS = 8;

    /** Bytes that may come before they make a whole message: a larger one would fill the memory. */
    private static final long MAX_UNREAD_BYTES = 8 * 1_048_576;

    private final Loop loop;
    private final OkHttpClient client;
    private final ThreadPoolExecutor threads;
    private final BoundedSocketFactory bounded = new BoundedSocketFactory(MAX_UNREAD_BYTES);

    OkHttpSockets(Loop loop, OkHttpClient given, long openTimeoutMs, String name) {
        this.loop = loop;
        threads = new ThreadPoolExecutor(MAX_THREADS, MAX_THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(64), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        // An app that makes sockets by itself is not interfered with.
        boolean own = given == null || given.socketFactory() == SocketFactory.getDefault();
        OkHttpClient base = given == null ? new OkHttpClient() : given;
        // A dispatcher of its own: the app's other calls don't hold up the connection, nor the other way round.
        client = base.newBuilder()
                .dispatcher(new Dispatcher(threads))
                .connectTimeout(openTimeoutMs, TimeUnit.MILLISECONDS)
                .readTimeout(openTimeoutMs, TimeUnit.MILLISECONDS)
                .writeTimeout(openTimeoutMs, TimeUnit.MILLISECONDS)
                .callTimeout(0, TimeUnit.MILLISECONDS)
                .pingInterval(0, TimeUnit.MILLISECONDS)
                // The protocol has no compression; without the offer no server can send a small frame that is a large one.
                .addInterceptor(chain -> chain.proceed(chain.request().newBuilder().removeHeader("Sec-WebSocket-Extensions").build()))
                .socketFactory(own ? bounded : base.socketFactory())
                .build();
    }

    @Override
    public Socket open(String url, Socket.Listener listener) {
        Request request = new Request.Builder().url(url).header("Sec-WebSocket-Protocol", Frames.SUBPROTOCOL).build();
        OneSocket socket = new OneSocket(listener);
        socket.webSocket = client.newWebSocket(request, socket);
        return socket;
    }

    @Override
    public void end() {
        loop.after(LEAVE_MS + 100, threads::shutdown);
    }

    private final class OneSocket extends WebSocketListener implements Socket {
        private final Listener listener;
        private WebSocket webSocket;
        private volatile boolean opened;
        private volatile boolean left;

        OneSocket(Listener listener) {
            this.listener = listener;
        }

        @Override
        public boolean send(String text) {
            return opened && !left && webSocket.send(text);
        }

        @Override
        public void leave() {
            if (left) {
                return;
            }
            left = true;
            if (!opened || !webSocket.close(1000, null)) {
                webSocket.cancel();
            } else {
                loop.after(LEAVE_MS, webSocket::cancel);
            }
        }

        @Override
        public void onOpen(WebSocket of, Response response) {
            opened = true;
            bounded.whole();
            if (!left) {
                listener.opened();
            }
        }

        @Override
        public void onMessage(WebSocket of, String text) {
            bounded.whole();
            if (!left) {
                listener.text(text);
            }
        }

        /** A frame that isn't text is nothing of this protocol; the reader of frames says so. */
        @Override
        public void onMessage(WebSocket of, ByteString bytes) {
            onMessage(of, "");
        }

        @Override
        public void onClosing(WebSocket of, int code, String reason) {
            of.close(1000, null);
            ended(code, 0);
        }

        @Override
        public void onFailure(WebSocket of, Throwable fault, Response response) {
            ended(LOST, response == null ? 0 : retryAfterMs(response.header("Retry-After")));
        }

        private void ended(int code, long retryAfterMs) {
            if (!left) {
                left = true;
                listener.closed(code, retryAfterMs);
            }
        }
    }

    /** Only in seconds, as this project's server says it. */
    private static long retryAfterMs(String header) {
        return header != null && header.matches("[0-9]{1,6}") ? Long.parseLong(header) * 1_000 : 0;
    }
}
