package org.wandagpu.checkpoint.hub;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wandagpu.failure.UsageException;

/**
 * Environment variables, read as the hub's own tools read them: an empty variable is an unset one, of several names
 * the first that is set counts, and {@code ~} and {@code $VARIABLE} are replaced in paths.
 *
 * @param variables the process's environment
 */
record Environment(Map<String, String> variables) {

    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)\\})");

    /** The first variable that is set. */
    Optional<String> text(String... names) {
        for (String name : names) {
            String value = variables.get(name);
            if (value != null && !value.isBlank()) {
                return Optional.of(value.strip());
            }
        }
        return Optional.empty();
    }

    /** Whether one of the variables says yes: 1, ON, YES or TRUE in any case. */
    boolean flag(String... names) {
        for (String name : names) {
            if (text(name).map(value -> TRUE.contains(value.toUpperCase(Locale.ROOT))).orElse(false)) {
                return true;
            }
        }
        return false;
    }

    /** A number of seconds above 0. */
    Duration seconds(String name, Duration fallback) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return fallback;
        }
        try {
            double seconds = Double.parseDouble(value.get());
            if (seconds > 0 && seconds <= Integer.MAX_VALUE) {
                return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
            }
        } catch (NumberFormatException e) {
            // Reported below, with the numbers that are out of range.
        }
        throw new UsageException("environment: " + name + " is " + value.get() + "; give seconds above 0, or unset it");
    }

    /** The first variable that is set, as a path. */
    Optional<Path> path(String... names) {
        for (String name : names) {
            Optional<String> value = text(name);
            if (value.isPresent()) {
                try {
                    return Optional.of(Path.of(expand(value.get())));
                } catch (InvalidPathException e) {
                    throw new UsageException("environment: " + name + " is " + value.get() + "; it must be a path", e);
                }
            }
        }
        return Optional.empty();
    }

    /** The user's folder. */
    Path home() {
        return Path.of(text("HOME").orElseGet(() -> System.getProperty("user.home")));
    }

    /** Replaces {@code ~} at the start, {@code $NAME} and <code>${NAME}</code>; an unset variable stays as written. */
    private String expand(String text) {
        String path = text.equals("~") || text.startsWith("~/") ? home() + text.substring(1) : text;
        return VARIABLE.matcher(path).replaceAll(match -> {
            String name = match.group(1) != null ? match.group(1) : match.group(2);
            return Matcher.quoteReplacement(variables.getOrDefault(name, match.group()));
        });
    }
}
