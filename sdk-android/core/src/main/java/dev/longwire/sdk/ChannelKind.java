package dev.longwire.sdk;

import java.util.Locale;

/** The vendors whose push service may reach a device while it has no connection. */
public enum ChannelKind {
    FCM, HUAWEI, XIAOMI, OPPO, VIVO, HONOR, HARMONY, APNS;

    /** As the protocol writes it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
