package dev.longwire.sdk.android;

import android.content.Context;
import android.net.ConnectivityManager;
import android.net.Network;
import android.net.NetworkCapabilities;
import android.net.NetworkRequest;
import dev.longwire.sdk.NetworkWatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells when a network that leads to the internet comes or goes. Needs the permission ACCESS_NETWORK_STATE. */
public final class AndroidNetworkWatch implements NetworkWatch {
    private final Context context;

    public AndroidNetworkWatch(Context context) {
        this.context = context.getApplicationContext();
    }

    /** @throws SecurityException without the permission */
    @Override
    public Registration watch(Runnable changed) {
        ConnectivityManager manager = (ConnectivityManager) context.getSystemService(Context.CONNECTIVITY_SERVICE);
        if (manager == null) {
            return NetworkWatch.NONE.watch(changed);
        }
        NetworkRequest request = new NetworkRequest.Builder().addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET).build();
        ConnectivityManager.NetworkCallback callback = new ConnectivityManager.NetworkCallback() {
            @Override
            public void onAvailable(Network network) {
                changed.run();
            }

            @Override
            public void onLost(Network network) {
                changed.run();
            }
        };
        manager.registerNetworkCallback(request, callback);
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                manager.unregisterNetworkCallback(callback);
            }
        };
    }
}
