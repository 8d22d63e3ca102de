package dev.longwire.sdk.run;

import dev.longwire.sdk.Clock;
import dev.longwire.sdk.DeviceListener;
import dev.longwire.sdk.DeviceStorage;
import dev.longwire.sdk.NetworkWatch;
import dev.longwire.sdk.PushHandler;
import dev.longwire.sdk.Signer;
import dev.longwire.sdk.Tuning;
import java.util.Map;
import okhttp3.OkHttpClient;

/** What a device is made of. */
public final class Parts {
    public String url;
    public String appId;
    public Map<String, String> info;
    /** At most one of the two; none where a device can't register. */
    public String appSecret;
    public Signer signer;
    public DeviceStorage storage;
    public PushHandler handler;
    public DeviceListener listener;
    public NetworkWatch network;
    public Clock clock;
    /** May be null. */
    public OkHttpClient client;
    public Tuning tuning;
}
