package dev.longwire.sdk.run;

/** A connection that carries texts. */
interface Socket {
    /** Hears what happens, on any thread, until {@link Socket#leave}. */
    interface Listener {
        void opened();

        void text(String text);

        /** Last of all; 1006 if the connection was lost, or never made. @param retryAfterMs 0 if the server didn't say */
        void closed(int code, long retryAfterMs);
    }

    /** Makes connections. */
    interface Opener {
        Socket open(String url, Listener listener);

        /** Ends what is shared by its sockets. */
        void end();
    }

    /** False if it can't take the text now; it is not kept then. */
    boolean send(String text);

    /** Ends it; from now on the listener hears nothing. May be called twice. */
    void leave();
}
