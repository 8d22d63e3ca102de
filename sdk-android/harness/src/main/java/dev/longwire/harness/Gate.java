package dev.longwire.harness;

/** Where a push handler waits while it is held. */
final class Gate {
    private boolean held;
    private boolean abandoned;

    synchronized void hold(boolean hold) {
        held = hold;
        notifyAll();
    }

    synchronized boolean isHeld() {
        return held;
    }

    /** A new instance begins: not held. */
    synchronized void open() {
        held = false;
        abandoned = false;
    }

    /** Whoever waits fails, and so does whoever comes. */
    synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    synchronized void pass() throws InterruptedException {
        while (held && !abandoned) {
            wait();
        }
        if (abandoned) {
            throw new IllegalStateException("the process is dead");
        }
    }
}
