package dev.longwire.sdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest {
    @TempDir
    Path dir;

    @Test
    void hasNothingAtFirstThenWhatWasSavedLastAlsoWhenOpenedAnew() throws IOException {
        File folder = dir.resolve("deep/one").toFile();
        FileStorage storage = new FileStorage(folder);
        assertNull(storage.load("device"));
        storage.save("device", "one");
        storage.save("device", "two é😀");
        assertEquals("two é😀", new FileStorage(folder).load("device"));
        assertNull(storage.load("events"));
    }

    @Test
    void keepsTheTokenFromOtherUsersAndLeavesNothingBesideTheFile() throws IOException {
        new FileStorage(dir.toFile()).save("device", "x");
        assertArrayEquals(new String[] {"device.json"}, dir.toFile().list());
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("device.json")));
        assertEquals("rw-------", mode.substring(0, 3) + mode.substring(3).replace('w', '-'));
    }

    @Test
    void isNotDisturbedByASaveThatWasCutOff() throws IOException {
        FileStorage storage = new FileStorage(dir.toFile());
        storage.save("device", "whole");
        Files.write(dir.resolve("device.json.new"), "ha".getBytes());
        assertEquals("whole", storage.load("device"));
        storage.save("device", "next");
        assertEquals("next", storage.load("device"));
    }

    @Test
    void syncsTheFolderAfterTheRenameAndFailsWhereThatFails() throws IOException {
        List<String> seen = new ArrayList<>();
        FileStorage storage = new FileStorage(dir.toFile(), folder -> seen.addAll(Arrays.asList(folder.list())));
        storage.save("device", "x");
        assertEquals("[device.json]", seen.toString());
        FileStorage failing = new FileStorage(dir.toFile(), folder -> {
            throw new IOException("no disk");
        });
        assertThrows(IOException.class, () -> failing.save("device", "y"));
    }

    @Test
    void failsWhereItCanNotWrite() throws IOException {
        Files.write(dir.resolve("taken"), new byte[0]);
        FileStorage storage = new FileStorage(dir.resolve("taken/below").toFile());
        assertThrows(IOException.class, () -> storage.save("device", "x"));
    }

    @Test
    void refusesNamesThatLeadElsewhereAndFilesThatAreNotItsOwn() throws IOException {
        FileStorage storage = new FileStorage(dir.toFile());
        assertThrows(IllegalArgumentException.class, () -> storage.load("../device"));
        Files.write(dir.resolve("device.json"), new byte[17 << 20]);
        assertThrows(IOException.class, () -> storage.load("device"));
    }

}
