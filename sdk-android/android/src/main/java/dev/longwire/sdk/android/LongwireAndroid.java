package dev.longwire.sdk.android;

import android.content.Context;
import android.os.Build;
import dev.longwire.sdk.DeviceOptions;

/** Options for an Android app. */
public final class LongwireAndroid {
    private LongwireAndroid() {}

    /**
     * Options with Android's storage, network, clock, model and version; {@code appSecret} or {@code signer}, and
     * {@code onPush}, are still to be said.
     *
     * @param url {@code wss://HOST/sdk/v1}
     */
    public static DeviceOptions options(Context context, String url, String appId) {
        return new DeviceOptions(url, appId)
                .platform("android")
                .model(Build.MANUFACTURER + " " + Build.MODEL, "Android " + Build.VERSION.RELEASE)
                .storage(new AndroidStorage(context, appId))
                .network(new AndroidNetworkWatch(context))
                .clock(new AndroidClock());
    }
}
