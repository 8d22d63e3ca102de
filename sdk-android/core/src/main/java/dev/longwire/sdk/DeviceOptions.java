package dev.longwire.sdk;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/** What {@link Device#connect} is given. */
public final class DeviceOptions {
    static final int MAX_INFO = 64;

    final String url;
    final String appId;
    final Map<String, String> info = new LinkedHashMap<>();
    String appSecret;
    Signer signer;
    DeviceStorage storage;
    PushHandler handler;
    DeviceListener listener = new DeviceListener();
    NetworkWatch network = NetworkWatch.NONE;
    Clock clock = Clock.SYSTEM;
    OkHttpClient client;
    Tuning tuning = new Tuning();

    /**
     * @param url {@code ws(s)://HOST/sdk/v1}
     * @throws IllegalArgumentException if the URL is none of these
     */
    public DeviceOptions(String url, String appId) {
        if (appId == null || appId.isEmpty()) {
            throw new IllegalArgumentException("appId: it is missing");
        }
        this.url = checked(url);
        this.appId = appId;
        info.put("platform", "other");
        info.put("sdk", Device.SDK);
    }

    /** For the first start, which registers the device. Whoever has the app can read it: a {@link #signer} keeps it away. */
    public DeviceOptions appSecret(String secret) {
        appSecret = secret;
        return this;
    }

    /** Instead of {@link #appSecret}. */
    public DeviceOptions signer(Signer own) {
        signer = own;
        return this;
    }

    /** Where the device keeps who it is and what it has had. Needed. */
    public DeviceOptions storage(DeviceStorage own) {
        storage = own;
        return this;
    }

    /** Needed. */
    public DeviceOptions onPush(PushHandler own) {
        handler = own;
        return this;
    }

    public DeviceOptions listener(DeviceListener own) {
        listener = own;
        return this;
    }

    public DeviceOptions network(NetworkWatch own) {
        network = own;
        return this;
    }

    public DeviceOptions clock(Clock own) {
        clock = own;
        return this;
    }

    /** The app's own, for its proxy, DNS or pinned certificates. Its timeouts of reading and its pings are not used. */
    public DeviceOptions httpClient(OkHttpClient own) {
        client = own;
        return this;
    }

    public DeviceOptions tuning(Tuning own) {
        tuning = own;
        return this;
    }

    /** android, harmony or other; {@code other} if nothing is said. */
    public DeviceOptions platform(String name) {
        if (!name.matches("android|ios|harmony|web|other")) {
            throw new IllegalArgumentException("platform: " + name + " is not android, ios, harmony, web or other");
        }
        info.put("platform", name);
        return this;
    }

    /** What the device tells about itself when it registers; each is cut at 64 characters. */
    public DeviceOptions model(String model, String os) {
        info.put("model", cut(model));
        info.put("os", cut(os));
        return this;
    }

    private static String cut(String text) {
        return text.length() <= MAX_INFO ? text : text.substring(0, MAX_INFO);
    }

    private static String checked(String url) {
        try {
            URI uri = new URI(url);
            if (("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme())) && uri.getHost() != null
                    && HttpUrl.parse("http" + url.substring(2)) != null) {
                return url;
            }
        } catch (URISyntaxException fault) {
            // Told below.
        }
        throw new IllegalArgumentException("url: " + url + " is not a ws:// or wss:// URL");
    }
}
