package dev.longwire.sdk;

/** The app's part in a push. */
public interface PushHandler {
    /**
     * Gets each message once, one after another, in the order in which they were sent, on a thread of the SDK. When it
     * returns, the message counts as handled; when it throws, it is called again, three times in all. After a minute
     * ({@link Tuning#handlerTimeoutMs}) its thread is interrupted and the message counts as handled; the next one waits
     * for its end all the same.
     */
    void onPush(Push push) throws Exception;
}
