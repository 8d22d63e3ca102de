package dev.longwire.sdk;

/** Signs registrations where the app's secret is not in the app: asks the app's own backend. */
public interface Signer {
    /** What is to be signed. */
    final class Request {
        public final String appId;
        /** Ms since the epoch. */
        public final long ts;
        public final String nonce;

        public Request(String appId, long ts, String nonce) {
            this.appId = appId;
            this.ts = ts;
            this.nonce = nonce;
        }

        /** The three with line feeds between. */
        public String text() {
            return appId + "\n" + ts + "\n" + nonce;
        }
    }

    /**
     * May block: it runs on a thread of its own, with {@link Tuning#loginTimeoutMs} in all. Called again with a new nonce,
     * after a backoff, where it throws or the server refuses what it answers.
     *
     * @return HMAC-SHA256 with the app's secret over {@link Request#text}, 64 hex digits
     */
    String sign(Request request) throws Exception;
}
