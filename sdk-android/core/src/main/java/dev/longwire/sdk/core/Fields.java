package dev.longwire.sdk.core;

import java.util.Map;

/** Fields of an object as {@link Json} reads it; null stands for one that is missing or of another type. */
final class Fields {
    /** 2^53 - 1: the highest position. */
    static final long MAX_POSITION = 9_007_199_254_740_991L;

    private final Map<?, ?> fields;

    private Fields(Map<?, ?> fields) {
        this.fields = fields;
    }

    /** Null if the value is no object. */
    static Fields of(Object value) {
        return value instanceof Map ? new Fields((Map<?, ?>) value) : null;
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    Object get(String name) {
        return fields.get(name);
    }

    String string(String name) {
        Object value = fields.get(name);
        return value instanceof String ? (String) value : null;
    }

    /** A string that is not empty. */
    String text(String name) {
        String value = string(name);
        return value == null || value.isEmpty() ? null : value;
    }

    Double number(String name) {
        Object value = fields.get(name);
        return value instanceof Number ? ((Number) value).doubleValue() : null;
    }

    /** A number of at least 0, as whole milliseconds or seconds; one above the bound counts as the bound. */
    Long atLeastZero(String name, long bound) {
        Double value = number(name);
        return value == null || !(value >= 0) ? null : (long) Math.min(value, bound);
    }

    Integer integer(String name) {
        Object value = fields.get(name);
        if (!(value instanceof Long)) {
            return null;
        }
        long number = (Long) value;
        return number == (int) number ? (Integer) (int) number : null;
    }

    /** An integer from 0 to 2^53 - 1. */
    Long position(String name) {
        Object value = fields.get(name);
        if (value instanceof Double) {
            // A server may write 5.0 for 5.
            double number = (Double) value;
            value = number == Math.rint(number) && Math.abs(number) <= MAX_POSITION ? (Object) (long) number : null;
        }
        if (!(value instanceof Long)) {
            return null;
        }
        long number = (Long) value;
        return number >= 0 && number <= MAX_POSITION ? number : null;
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    Fields object(String name) {
        return of(fields.get(name));
    }
}
