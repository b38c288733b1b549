package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.wandagpu.failure.BadInputException;

/**
 * Typed access to config.json: every value is checked where it is read, and a bad one is named with its key.
 *
 * @param where the file, for messages
 * @param root the JSON object
 */
record Config(String where, JsonNode root) {

    private static final int LARGEST = 1 << 27;

    /** The first of several spellings that is present and not null, or null. */
    JsonNode find(String... keys) {
        for (String key : keys) {
            JsonNode value = root.get(key);
            if (value != null && !value.isNull()) {
                return value;
            }
        }
        return null;
    }

    /** A size: an integer from 1 to 2^27. */
    int size(String... keys) {
        JsonNode value = find(keys);
        if (value == null) {
            throw bad("has no " + String.join(" or ", keys), "take the model's own config.json");
        }
        return checkedSize(value, keys[0]);
    }

    int sizeOr(int fallback, String... keys) {
        JsonNode value = find(keys);
        return value == null ? fallback : checkedSize(value, keys[0]);
    }

    private int checkedSize(JsonNode value, String key) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1 || value.intValue() > LARGEST) {
            throw bad(key + " is " + brief(value), "it must be a whole number from 1 to " + LARGEST);
        }
        return value.intValue();
    }

    boolean flag(boolean fallback, String key) {
        JsonNode value = find(key);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw bad(key + " is " + brief(value), "it must be true or false");
        }
        return value.booleanValue();
    }

    double number(double fallback, String... keys) {
        JsonNode value = find(keys);
        if (value == null) {
            return fallback;
        }
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw bad(keys[0] + " is " + brief(value), "it must be a number");
        }
        return value.doubleValue();
    }

    double positive(double fallback, String... keys) {
        double value = number(fallback, keys);
        if (!(value > 0)) {
            throw bad(keys[0] + " is " + value, "it must be above 0");
        }
        return value;
    }

    String text(String fallback, String... keys) {
        JsonNode value = find(keys);
        if (value == null) {
            return fallback;
        }
        if (!value.isTextual()) {
            throw bad(keys[0] + " is " + brief(value), "it must be a text");
        }
        return value.textValue();
    }

    /** One of a closed set of names. */
    String oneOf(Set<String> known, String fallback, String... keys) {
        String value = text(fallback, keys);
        if (!known.contains(value)) {
            throw bad(keys[0] + " is " + brief(root.get(keys[0])), "this program knows " + String.join(", ", known));
        }
        return value;
    }

    /** A nested object, or null where absent. */
    Config object(String key) {
        JsonNode value = find(key);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            throw bad(key + " is " + brief(value), "it must be an object");
        }
        return new Config(where + ": " + key, value);
    }

    void divides(int divisor, int value, String what) {
        if (value % divisor != 0) {
            throw bad(what + ": " + divisor + " does not divide " + value, "take the model's own config.json");
        }
    }

    BadInputException bad(String what, String advice) {
        return new BadInputException(where + ": " + what + "; " + advice);
    }

    private static String brief(JsonNode value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
