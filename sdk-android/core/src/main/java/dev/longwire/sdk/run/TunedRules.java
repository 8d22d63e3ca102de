package dev.longwire.sdk.run;

import dev.longwire.sdk.Tuning;
import dev.longwire.sdk.core.SessionRules;

/** A session's rules with an app's tuning and real chance. */
final class TunedRules extends SessionRules {
    TunedRules(Tuning tuning, boolean canRegister, boolean signingMayRecover) {
        this.canRegister = canRegister;
        this.signingMayRecover = signingMayRecover;
        reconnectMinMs = tuning.reconnectMinMs;
        reconnectMaxMs = tuning.reconnectMaxMs;
        stableMs = tuning.stableMs;
        openTimeoutMs = tuning.openTimeoutMs;
        loginTimeoutMs = tuning.loginTimeoutMs;
        probeTimeoutMs = tuning.probeTimeoutMs;
    }

    @Override
    public double random() {
        return Math.random();
    }
}
