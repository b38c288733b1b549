package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import org.wandagpu.failure.BadInputException;

/**
 * Typed access to config.json: every value is checked where it is read, and a bad one is named with its key.
 *
 * @param where the file, for messages
 * @param root the JSON object
 */
record Config(String where, JsonNode root) {

    private static final int LARGEST = 1 << 27;
    private static final String OWN_FILE = "take the model's own config.json";

    /** A value and the spelling of the key under which it was found. */
    private record Found(String key, JsonNode value) {
    }

    private Found lookUp(String... keys) {
        for (String key : keys) {
            JsonNode value = root.get(key);
            if (value != null && !value.isNull()) {
                return new Found(key, value);
            }
        }
        return null;
    }

    /** The first of several spellings that is present and not null, or null. */
    JsonNode find(String... keys) {
        Found found = lookUp(keys);
        return found == null ? null : found.value();
    }

    /** Whether the key stands in the file, be its value null. */
    boolean mentions(String key) {
        return root.has(key);
    }

    private Found require(String... keys) {
        Found found = lookUp(keys);
        if (found == null) {
            throw bad("has no " + String.join(" or ", keys), OWN_FILE);
        }
        return found;
    }

    /** A size: an integer from 1 to 2^27. */
    int size(String... keys) {
        return whole(require(keys), 1);
    }

    int sizeOr(int fallback, String... keys) {
        return wholeOr(fallback, 1, keys);
    }

    /** A number of things, from 0 to 2^27. */
    int countOr(int fallback, String... keys) {
        return wholeOr(fallback, 0, keys);
    }

    private int wholeOr(int fallback, int least, String... keys) {
        Found found = lookUp(keys);
        return found == null ? fallback : whole(found, least);
    }

    private int whole(Found found, int least) {
        JsonNode value = found.value();
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least
                || value.intValue() > LARGEST) {
            throw bad(found, "it must be a whole number from " + least + " to " + LARGEST);
        }
        return value.intValue();
    }

    boolean flag(boolean fallback, String key) {
        Found found = lookUp(key);
        if (found == null) {
            return fallback;
        }
        if (!found.value().isBoolean()) {
            throw bad(found, "it must be true or false");
        }
        return found.value().booleanValue();
    }

    /** A number above 0 that fp32 can hold. */
    double positive(String... keys) {
        return positive(require(keys));
    }

    double positiveOr(double fallback, String... keys) {
        Found found = lookUp(keys);
        return found == null ? fallback : positive(found);
    }

    private double positive(Found found) {
        double value = found.value().isNumber() ? found.value().doubleValue() : Double.NaN;
        if (!((float) value > 0 && Float.isFinite((float) value))) {
            throw bad(found, "it must be a number above 0 that fp32 can hold");
        }
        return value;
    }

    String textOr(String fallback, String... keys) {
        Found found = lookUp(keys);
        if (found == null) {
            return fallback;
        }
        if (!found.value().isTextual()) {
            throw bad(found, "it must be a text");
        }
        return found.value().textValue();
    }

    /** One of a closed set of names. */
    String oneOf(Set<String> known, String fallback, String... keys) {
        String value = textOr(fallback, keys);
        if (!known.contains(value)) {
            throw bad(lookUp(keys), "this program knows " + String.join(", ", new TreeSet<>(known)));
        }
        return value;
    }

    /** A nested object, or null where it is absent or empty. */
    Config object(String key) {
        Found found = lookUp(key);
        if (found == null) {
            return null;
        }
        if (!found.value().isObject()) {
            throw bad(found, "it must be an object");
        }
        return found.value().isEmpty() ? null : new Config(where + ": " + key, found.value());
    }

    void divides(int divisor, int value, String what) {
        if (value % divisor != 0) {
            throw bad(what + ": " + divisor + " does not divide " + value, OWN_FILE);
        }
    }

    BadInputException bad(String what, String advice) {
        return new BadInputException(where + ": " + what + "; " + advice);
    }

    /** The error of a value that cannot be used. */
    BadInputException badValue(String key, String advice) {
        return bad(new Found(key, root.get(key)), advice);
    }

    private BadInputException bad(Found found, String advice) {
        return bad(found.key() + " is " + brief(found.value()), advice);
    }

    /** A value as a message shows it: at most 60 characters. */
    static String brief(JsonNode value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
