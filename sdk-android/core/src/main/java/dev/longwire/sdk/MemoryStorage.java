package dev.longwire.sdk;

import java.util.HashMap;
import java.util.Map;

/** Forgets all when the process ends: each start is a new device. For tests. */
public final class MemoryStorage implements DeviceStorage {
    private final Map<String, String> texts = new HashMap<>();

    @Override
    public synchronized String load(String name) {
        return texts.get(name);
    }

    @Override
    public synchronized void save(String name, String text) {
        texts.put(name, text);
    }
}
