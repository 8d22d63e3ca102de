package dev.longwire.harness;

import dev.longwire.sdk.Device;
import dev.longwire.sdk.core.Json;
import dev.longwire.sdk.core.JsonFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Devices of the SDK that a test drives: commands as lines of JSON on standard input, results and events as lines on
 * standard output. A command's {@code d} names the device, one that names none means the only one.
 */
public final class Harness {
    private static final int MAX_LINE = 1 << 20;
    private static final int MAX_DEVICES = 1_000;

    private final Output output = new Output(System.out);
    private final Map<String, TestDevice> devices = new LinkedHashMap<>();

    private Harness() {}

    public static void main(String[] args) throws IOException {
        new Harness().run();
    }

    private void run() throws IOException {
        output.event("ready", null, "sdk", Device.SDK.replace('/', ' '));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!obey(line)) {
                break;
            }
        }
        for (TestDevice device : devices.values()) {
            device.end();
        }
        output.flush();
        System.exit(0);
    }

    /** False for the end. */
    private boolean obey(String line) {
        Object number = null;
        try {
            Map<?, ?> command = (Map<?, ?>) Json.parse(line, MAX_LINE);
            number = command.get("n");
            if ("exit".equals(command.get("c"))) {
                output.result(number, null, null);
                return false;
            }
            device(command).obey(command, (code, message) -> output.result(command.get("n"), code, message));
        } catch (JsonFault | RuntimeException fault) {
            output.result(number, "bad_command", String.valueOf(fault));
        }
        return true;
    }

    private TestDevice device(Map<?, ?> command) {
        String name = command.get("d") == null ? "" : (String) command.get("d");
        TestDevice device = devices.get(name);
        if (device == null) {
            if (devices.size() >= MAX_DEVICES) {
                throw new IllegalStateException("there are " + MAX_DEVICES + " devices already");
            }
            device = new TestDevice(name.isEmpty() ? null : name, output);
            devices.put(name, device);
        }
        return device;
    }
}
