package dev.longwire.sdk.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one JSON text, strictly. Of two fields of one name the later one counts. */
final class JsonReader {
    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Object document() throws JsonFault {
        Object value = value(0);
        skipSpace();
        if (at < text.length()) {
            throw fault("something follows the value");
        }
        return value;
    }

    private Object value(int depth) throws JsonFault {
        if (depth > Json.MAX_DEPTH) {
            throw fault("deeper than " + Json.MAX_DEPTH);
        }
        skipSpace();
        switch (peek()) {
            case '{':
                return object(depth);
            case '[':
                return array(depth);
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Map<String, Object> object(int depth) throws JsonFault {
        Map<String, Object> fields = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return fields;
        }
        while (true) {
            skipSpace();
            if (peek() != '"') {
                throw fault("a field's name is missing");
            }
            String name = string();
            skipSpace();
            take(':');
            fields.put(name, value(depth + 1));
            skipSpace();
            if (peek() == '}') {
                at++;
                return fields;
            }
            take(',');
        }
    }

    private List<Object> array(int depth) throws JsonFault {
        List<Object> items = new ArrayList<>();
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return items;
        }
        while (true) {
            items.add(value(depth + 1));
            skipSpace();
            if (peek() == ']') {
                at++;
                return items;
            }
            take(',');
        }
    }

    private String string() throws JsonFault {
        at++;
        int plain = at;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\' && text.charAt(at) >= 0x20) {
            at++;
        }
        if (peek() == '"') {
            return text.substring(plain, at++);
        }
        StringBuilder out = new StringBuilder(text.substring(plain, at));
        while (true) {
            char c = peek();
            if (c < 0x20) {
                throw fault("a string is not ended, or holds a control character");
            }
            at++;
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() throws JsonFault {
        char c = peek();
        at++;
        switch (c) {
            case '"':
            case '\\':
            case '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                return unicode();
            default:
                throw fault("no such escape");
        }
    }

    private char unicode() throws JsonFault {
        int code = 0;
        for (int i = 0; i < 4; i++, at++) {
            char c = peek();
            // Not Character.digit alone: it takes digits of other scripts.
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw fault("four hex digits follow \\u");
            }
            code = code * 16 + digit;
        }
        return (char) code;
    }

    private Object number() throws JsonFault {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int first = at;
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        boolean whole = true;
        if (peek() == '.') {
            whole = false;
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        String digits = text.substring(start, at);
        // Up to 18 digits always fit; a longer integer is a Double, as in JavaScript.
        return whole && at - first <= 18 ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
    }

    private void digits() throws JsonFault {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            throw fault("no value");
        }
    }

    private Object word(String word, Object value) throws JsonFault {
        if (!text.startsWith(word, at)) {
            throw fault("no value");
        }
        at += word.length();
        return value;
    }

    private void take(char wanted) throws JsonFault {
        if (peek() != wanted) {
            throw fault("'" + wanted + "' is missing");
        }
        at++;
    }

    /** 0 at the end, which no rule takes. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private JsonFault fault(String what) {
        return new JsonFault(what + " at character " + at);
    }
}
