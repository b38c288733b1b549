package org.wandagpu.launcher;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of Java, such as {@code 25.0.3}, {@code 26-ea} or {@code 1.8.0_402} (whose feature release is 8). */
final class JavaVersion {

    /** The oldest feature release that runs the program. */
    static final int OLDEST = 25;

    private static final Pattern NUMBERS =
            Pattern.compile("(?:1\\.(?=\\d))?(\\d{1,4})(?:\\.(\\d{1,4})(?:[._](\\d{1,4}))?)?(?!\\d).*");

    private final String text;
    private final int feature;
    private final int interim;
    private final int update;

    /** @throws IllegalArgumentException if the text does not begin with a version */
    JavaVersion(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a Java version: " + text);
        }
        this.text = text;
        this.feature = number(matcher.group(1));
        this.interim = number(matcher.group(2));
        this.update = number(matcher.group(3));
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    boolean runsTheProgram() {
        return feature >= OLDEST;
    }

    /** Whether the G1 collector of this version may move pinned arrays (JDK-8377811): 25.0.0 to 25.0.2 do. */
    boolean movesPinnedArrays() {
        return feature == 25 && interim == 0 && update < 3;
    }

    /**
     * Whether this version is to be preferred to another that runs the program too: the feature release nearest to the
     * one this was built for, because the Vector API still changes from one to the next, and of that the newest update.
     */
    boolean isPreferredTo(JavaVersion other) {
        if (feature != other.feature) {
            return feature < other.feature;
        }
        return interim != other.interim ? interim > other.interim : update > other.update;
    }

    @Override
    public String toString() {
        return text;
    }
}
