package dev.longwire.sdk.core;

import dev.longwire.sdk.StopReason;

/** What follows from a close. */
final class ClosePolicy {
    static final int LOGOUT = 1000;
    static final int REFUSED = 4401;
    static final int FORBIDDEN = 4403;
    static final int REPLACED = 4409;

    private ClosePolicy() {}

    /**
     * Why the device stays away; null if it doesn't. A kick decides, whatever code came after it (even none): coming back
     * after {@code replaced} would throw the newer connection out in turn.
     */
    static StopReason stops(int code, String kicked) {
        if (kicked != null) {
            return ofKick(kicked);
        }
        switch (code) {
            case LOGOUT:
                return StopReason.LOGOUT;
            case FORBIDDEN:
                return StopReason.FORBIDDEN;
            case REPLACED:
                return StopReason.REPLACED;
            default:
                return null;
        }
    }

    static StopReason ofKick(String kicked) {
        switch (kicked) {
            case "replaced":
                return StopReason.REPLACED;
            case "admin":
                return StopReason.ADMIN;
            default:
                return StopReason.FORBIDDEN;
        }
    }
}
