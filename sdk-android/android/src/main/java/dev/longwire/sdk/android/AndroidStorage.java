package dev.longwire.sdk.android;

import android.content.Context;
import android.system.ErrnoException;
import android.system.Os;
import android.system.OsConstants;
import dev.longwire.sdk.DeviceStorage;
import dev.longwire.sdk.FileStorage;
import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;

/** Keeps a device in the app's own files, out of backups: a device that is restored on another phone would replace this one. */
public final class AndroidStorage implements DeviceStorage {
    private final FileStorage files;

    /** @param name tells several devices of one app apart, e.g. the appId; letters, digits, {@code .}, {@code _} and {@code -} */
    public AndroidStorage(Context context, String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}") || name.startsWith(".")) {
            throw new IllegalArgumentException("name: " + name + " is not 1 to 64 letters, digits, '.', '_' and '-'");
        }
        File folder = new File(new File(context.getApplicationContext().getNoBackupFilesDir(), "longwire"), name);
        files = new FileStorage(folder, AndroidStorage::sync);
    }

    @Override
    public String load(String name) throws IOException {
        return files.load(name);
    }

    @Override
    public void save(String name, String text) throws IOException {
        files.save(name, text);
    }

    private static void sync(File folder) throws IOException {
        try {
            FileDescriptor descriptor = Os.open(folder.getPath(), OsConstants.O_RDONLY, 0);
            try {
                Os.fsync(descriptor);
            } finally {
                Os.close(descriptor);
            }
        } catch (ErrnoException fault) {
            throw new IOException(folder + " can't be brought to disk", fault);
        }
    }
}
