package dev.longwire.sdk;

import java.io.IOException;

/**
 * Where a device keeps who it is and what its app has had: a few texts by name (up to 1 MiB each in practice). What
 * {@code save} was given must still be there after a restart once it returns: the message is acknowledged then, and never
 * comes again. Calls for one name come one after another, those for different names may come at once. One storage
 * belongs to one device.
 */
public interface DeviceStorage {
    /** @return the text saved last; null if there is none */
    String load(String name) throws IOException;

    /** @param name 1 to 32 lower-case letters */
    void save(String name, String text) throws IOException;
}
