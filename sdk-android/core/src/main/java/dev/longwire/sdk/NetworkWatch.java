package dev.longwire.sdk;

/** Tells of changes of the network. */
public interface NetworkWatch {
    /** Ends a watch; may be called twice. */
    interface Registration {
        void end();
    }

    /** Where nobody tells: changes are noticed by the heartbeat alone. */
    NetworkWatch NONE = new NetworkWatch() {
        @Override
        public Registration watch(Runnable changed) {
            return new Registration() {
                @Override
                public void end() {}
            };
        }
    };

    /** @param changed to be run, on any thread, when the network comes, goes or is another one */
    Registration watch(Runnable changed);
}
