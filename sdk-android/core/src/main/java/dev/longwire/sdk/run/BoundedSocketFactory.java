package dev.longwire.sdk.run;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/**
 * Sockets that fail when more bytes than a bound come before somebody says that a message is whole: OkHttp gathers a
 * message in memory, however large it is.
 */
final class BoundedSocketFactory extends SocketFactory {
    private final AtomicLong unread = new AtomicLong();
    private final long maxUnread;

    BoundedSocketFactory(long maxUnread) {
        this.maxUnread = maxUnread;
    }

    /** What came so far is dealt with. */
    void whole() {
        unread.set(0);
    }

    @Override
    public Socket createSocket() {
        unread.set(0);
        return new Bounded();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw new IOException("only unconnected sockets are made here");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket("", port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket("", port);
    }

    private final class Bounded extends Socket {
        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int one = super.read();
                    count(one < 0 ? 0 : 1);
                    return one;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int read = super.read(bytes, offset, length);
                    count(read);
                    return read;
                }
            };
        }

        private void count(int read) throws IOException {
            if (unread.addAndGet(Math.max(0, read)) > maxUnread) {
                throw new IOException("a message has more than " + maxUnread + " bytes");
            }
        }
    }
}
