package dev.longwire.sdk.core;

/** Who this installation is for the server. */
public final class Identity {
    public final String cid;
    /** The device's credential: never in a log. */
    public final String token;

    public Identity(String cid, String token) {
        this.cid = cid;
        this.token = token;
    }

    @Override
    public String toString() {
        return "Identity " + cid;
    }
}
