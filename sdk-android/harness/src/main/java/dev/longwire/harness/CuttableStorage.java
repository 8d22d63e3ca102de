package dev.longwire.harness;

import dev.longwire.sdk.DeviceStorage;
import dev.longwire.sdk.FileStorage;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/** Files that nothing comes to any more once it is cut: as where the process was killed. */
final class CuttableStorage implements DeviceStorage {
    private final FileStorage files;
    private boolean cut;

    CuttableStorage(File folder) {
        files = new FileStorage(folder, CuttableStorage::sync);
    }

    @Override
    public String load(String name) throws IOException {
        return files.load(name);
    }

    @Override
    public synchronized void save(String name, String text) throws IOException {
        if (cut) {
            throw new IOException("the process is dead");
        }
        files.save(name, text);
    }

    /** Waits for the save that is under way. */
    synchronized void cut() {
        cut = true;
    }

    synchronized boolean isCut() {
        return cut;
    }

    private static void sync(File folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.toPath(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
