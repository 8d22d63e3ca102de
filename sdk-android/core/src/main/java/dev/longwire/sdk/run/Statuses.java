package dev.longwire.sdk.run;

import dev.longwire.sdk.DeviceStatus;
import dev.longwire.sdk.core.Phase;

/** What an app is told of a phase. */
final class Statuses {
    private Statuses() {}

    static DeviceStatus of(Phase phase) {
        if (phase instanceof Phase.Idle) {
            return DeviceStatus.STARTING;
        }
        if (phase instanceof Phase.Online) {
            return DeviceStatus.ONLINE;
        }
        if (phase instanceof Phase.Waiting) {
            return DeviceStatus.WAITING;
        }
        if (phase instanceof Phase.Leaving) {
            return DeviceStatus.LEAVING;
        }
        return phase instanceof Phase.Stopped ? DeviceStatus.STOPPED : DeviceStatus.CONNECTING;
    }
}
