package dev.longwire.sdk.core;

import java.util.Collection;
import java.util.Map;

/**
 * JSON as the protocol and the storage need it. Values are {@code Map<String, Object>}, {@code List<Object>}, String,
 * Long (an integer that fits), Double (any other number), Boolean and null.
 */
public final class Json {
    /** Objects and arrays within each other, at the most. */
    public static final int MAX_DEPTH = 32;

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Json() {}

    /**
     * Reads one value that fills the whole text.
     *
     * @param maxChars a longer text is refused unread
     * @throws JsonFault if the text is not JSON (RFC 8259), too long or too deep
     */
    public static Object parse(String text, int maxChars) throws JsonFault {
        if (text.length() > maxChars) {
            throw new JsonFault("longer than " + maxChars + " characters");
        }
        return new JsonReader(text).document();
    }

    /**
     * Writes what {@link #parse} reads; Integer is taken as well.
     *
     * @throws IllegalArgumentException for another type, a number that JSON has none for, or too deep a value
     */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("deeper than " + MAX_DEPTH);
        }
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Integer) {
            out.append(value);
        } else if (value instanceof Double) {
            writeDouble((Double) value, out);
        } else if (value instanceof String) {
            writeText((String) value, out);
        } else if (value instanceof Map) {
            char before = '{';
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                out.append(before);
                writeText((String) entry.getKey(), out);
                out.append(':');
                write(entry.getValue(), out, depth + 1);
                before = ',';
            }
            out.append(before == '{' ? "{}" : "}");
        } else if (value instanceof Collection) {
            char before = '[';
            for (Object item : (Collection<?>) value) {
                out.append(before);
                write(item, out, depth + 1);
                before = ',';
            }
            out.append(before == '[' ? "[]" : "]");
        } else {
            throw new IllegalArgumentException("not a value of JSON: " + value.getClass().getName());
        }
    }

    private static void writeDouble(double value, StringBuilder out) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("not a number of JSON: " + value);
        }
        out.append(value);
    }

    private static void writeText(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || isLoneSurrogate(text, i)) {
                // A lone surrogate has no bytes in UTF-8: escaped, it comes back as it was.
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(HEX[(c >> shift) & 0xf]);
                }
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static boolean isLoneSurrogate(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
