package dev.longwire.sdk;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Keeps a device in a folder of its own. Each text is written to a file beside its place, brought to disk and renamed, so
 * a crash at any moment leaves the old text or the new one. The folder holds the device's credential: it must be private
 * to the app, and left out of backups.
 */
public final class FileStorage implements DeviceStorage {
    /** Brings a folder's entries to disk, so that a rename outlives a loss of power; the platforms differ in how. */
    public interface FolderSync {
        void sync(File folder) throws IOException;
    }

    /** A larger file is none that this wrote. */
    private static final int MAX_BYTES = 16 << 20;

    private final File folder;
    private final FolderSync folderSync;

    /** Without syncing the folder: after a loss of power the text before the last one may come back. */
    public FileStorage(File folder) {
        this(folder, null);
    }

    /** @param folder made at the first save, if it isn't there */
    public FileStorage(File folder, FolderSync folderSync) {
        this.folder = folder;
        this.folderSync = folderSync;
    }

    @Override
    public String load(String name) throws IOException {
        File file = fileOf(name);
        if (!file.exists()) {
            return null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (InputStream in = new FileInputStream(file)) {
            byte[] chunk = new byte[8192];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                bytes.write(chunk, 0, read);
                if (bytes.size() > MAX_BYTES) {
                    throw new IOException(file + " has more than " + MAX_BYTES + " bytes");
                }
            }
        }
        return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    }

    @Override
    public void save(String name, String text) throws IOException {
        File file = fileOf(name);
        if (!folder.isDirectory() && !folder.mkdirs() && !folder.isDirectory()) {
            throw new IOException(folder + " can't be made");
        }
        File beside = new File(folder, file.getName() + ".new");
        // Another user's reading is shut out before there is anything to read.
        if (!beside.exists() && beside.createNewFile()) {
            beside.setReadable(false, false);
            beside.setReadable(true, true);
        }
        try (FileOutputStream out = new FileOutputStream(beside)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        if (!beside.renameTo(file)) {
            throw new IOException(beside + " can't be renamed to " + file);
        }
        if (folderSync != null) {
            folderSync.sync(folder);
        }
    }

    private File fileOf(String name) {
        if (!name.matches("[a-z]{1,32}")) {
            throw new IllegalArgumentException(name + ": a name has 1 to 32 lower-case letters");
        }
        return new File(folder, name + ".json");
    }
}
