package dev.longwire.harness;

import dev.longwire.sdk.core.Json;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lines of JSON, each whole. */
final class Output {
    private final PrintWriter out;

    Output(PrintStream stream) {
        out = new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    }

    /** @param code null for success */
    void result(Object number, String code, String message) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("e", "result");
        line.put("n", number);
        line.put("ok", code == null);
        if (code != null) {
            line.put("code", code);
            line.put("message", message);
        }
        write(line);
    }

    /** @param device null where there is one alone. @param fields names and values in turn; null values are left out */
    void event(String kind, String device, String... fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("e", kind);
        if (device != null) {
            line.put("d", device);
        }
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i + 1] != null) {
                line.put(fields[i], fields[i + 1]);
            }
        }
        write(line);
    }

    synchronized void flush() {
        out.flush();
    }

    private synchronized void write(Map<String, Object> line) {
        out.print(Json.write(line) + "\n");
        out.flush();
    }
}
