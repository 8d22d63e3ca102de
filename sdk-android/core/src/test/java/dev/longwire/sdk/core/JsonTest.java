package dev.longwire.sdk.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final int MAX = 1 << 20;
    private static final String CHARS = "{}[]\",:\\u0123eE+-.tfn \n\0\ud800";

    private static Object parse(String text) throws JsonFault {
        return Json.parse(text, MAX);
    }

    @Test
    void readsEveryKindOfValue() throws JsonFault {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("text", "a\"\\/\b\f\n\r\té€😀");
        expected.put("numbers", Arrays.asList(0L, -1L, 9_007_199_254_740_991L, 1.5, -2e-3, 1e30));
        expected.put("words", Arrays.asList(true, false, null));
        expected.put("empty", Arrays.asList(Collections.emptyMap(), Collections.emptyList(), ""));
        String text = " {\"text\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9€\\ud83d\\ude00\",\n\"numbers\":[0,-1,9007199254740991,1.5,-2e-3,1E+30],"
                + "\t\"words\":[ true,false , null ],\"empty\":[{},[ ],\"\"]}\r\n";
        assertEquals(expected, parse(text));
        assertEquals(expected, parse(Json.write(expected)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[", "\"", "\"\\", "\"\\u12\"", "\"\\u٠٠٠٠\"", "\"\\x\"", "\"\n\"", "tru", "nul", "01", "-", "+1", "1.",
        ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "1 2", "{}}",
        "'a'", "[1]x", "\u00a01", "\ufeff1", "{\"a\" 1}", "\u0000"})
    void refusesWhatIsNotJson(String text) {
        assertThrows(JsonFault.class, () -> parse(text));
    }

    @ParameterizedTest
    @CsvSource({"1000000000000000000, 1.0E18", "-999999999999999999, -999999999999999999", "1e400, Infinity"})
    void anIntegerThatDoesNotFitIsADouble(String text, double number) throws JsonFault {
        assertEquals(number, ((Number) parse(text)).doubleValue());
    }

    @Test
    void ofTwoFieldsOfOneNameTheLaterOneCounts() throws JsonFault {
        assertEquals(Collections.singletonMap("a", 2L), parse("{\"a\":1,\"a\":2}"));
    }

    @Test
    void isBoundInLengthAndDepth() throws JsonFault {
        assertThrows(JsonFault.class, () -> Json.parse("\"abc\"", 4));
        assertEquals("abc", Json.parse("\"abc\"", 5));
        assertThrows(JsonFault.class, () -> parse(String.join("", Collections.nCopies(100_000, "["))));
        assertThrows(JsonFault.class, () -> parse(String.join("", Collections.nCopies(100_000, "{\"a\":"))));
        String deepest = String.join("", Collections.nCopies(Json.MAX_DEPTH + 1, "[")) + String.join("", Collections.nCopies(Json.MAX_DEPTH + 1, "]"));
        assertTrue(parse(deepest) instanceof List);
        List<Object> ring = new ArrayList<>();
        ring.add(ring);
        assertThrows(IllegalArgumentException.class, () -> Json.write(ring));
    }

    @Test
    void refusesToWriteWhatJsonHasNotFor() {
        assertThrows(IllegalArgumentException.class, () -> Json.write(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Json.write(new Object()));
    }

    @Test
    void whatIsWrittenIsReadAsItWas() throws JsonFault {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            Object value = value(random, 0);
            assertEquals(value, parse(Json.write(value)), () -> Json.write(value));
        }
    }

    @Test
    void textsThatWereBentAreReadOrRefusedAndNeverAnythingElse() {
        Random random = new Random(11);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(Json.write(value(random, 0)));
            for (int bend = random.nextInt(4); bend >= 0 && text.length() > 0; bend--) {
                int at = random.nextInt(text.length());
                char c = CHARS.charAt(random.nextInt(CHARS.length()));
                if (random.nextBoolean()) {
                    text.setCharAt(at, c);
                } else if (random.nextBoolean()) {
                    text.insert(at, c);
                } else {
                    text.setLength(at);
                }
            }
            try {
                Object value = parse(text.toString());
                // What was read makes sense: written, it is read as the same.
                if (!Json.write(null).equals(text.toString()) && isFinite(value)) {
                    assertEquals(value, parse(Json.write(value)));
                }
                read++;
            } catch (JsonFault expected) {
                assertTrue(expected.getMessage().length() < 200);
            }
        }
        assertTrue(read > 1_000 && read < 19_000, "both happen: " + read);
    }

    private static boolean isFinite(Object value) {
        if (value instanceof Double) {
            return !((Double) value).isInfinite();
        }
        if (value instanceof Map) {
            return ((Map<?, ?>) value).values().stream().allMatch(JsonTest::isFinite);
        }
        return !(value instanceof List) || ((List<?>) value).stream().allMatch(JsonTest::isFinite);
    }

    private static Object value(Random random, int depth) {
        switch (random.nextInt(depth > 4 ? 5 : 7)) {
            case 0:
                return text(random);
            case 1:
                return random.nextLong() % 1_000_000_000_000_000_000L / (1L << random.nextInt(50));
            case 2:
                return random.nextGaussian() * 1e6;
            case 3:
                return random.nextBoolean();
            case 4:
                return null;
            case 5:
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth + 1));
                }
                return list;
            default:
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), value(random, depth + 1));
                }
                return map;
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            // All of UTF-16, lone surrogates among it.
            text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(65_536)));
        }
        return text.toString();
    }
}
