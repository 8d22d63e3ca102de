package dev.longwire.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;

/** Sockets that end without a word when they are cut: as where the process was killed. */
final class CuttableSockets extends SocketFactory {
    private final List<Socket> sockets = new ArrayList<>();
    private boolean cut;

    synchronized void cut() {
        cut = true;
        for (Socket socket : sockets) {
            end(socket);
        }
    }

    @Override
    public synchronized Socket createSocket() throws IOException {
        if (cut) {
            throw new IOException("the process is dead");
        }
        for (int i = sockets.size() - 1; i >= 0; i--) {
            if (sockets.get(i).isClosed()) {
                sockets.remove(i);
            }
        }
        Socket socket = new Socket();
        sockets.add(socket);
        return socket;
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

    private static void end(Socket socket) {
        try {
            // A reset: what is still to be sent is not.
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException ended) {
            // It has ended by itself.
        }
    }
}
