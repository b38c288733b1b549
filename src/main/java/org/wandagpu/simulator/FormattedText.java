package org.wandagpu.simulator;

import java.util.Locale;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What C's printf makes of a format and of arguments that lie one after another, each at a multiple of its size. */
final class FormattedText {

    private static final Pattern DIRECTIVE =
            Pattern.compile("%([-+ #0]*)(\\*|\\d+)?(?:\\.(\\*|\\d*))?(hh|h|ll|l|j|z|t|L)?([a-zA-Z%])");

    /** Reads arguments. */
    @FunctionalInterface
    interface Values {
        long at(int offset, int bytes);
    }

    private final Values values;
    private final LongFunction<String> strings;
    private final StringBuilder out = new StringBuilder();
    private int offset;
    private int arguments;

    /** @param strings gives the text at an address */
    FormattedText(String format, Values values, LongFunction<String> strings) {
        this.values = values;
        this.strings = strings;
        Matcher matcher = DIRECTIVE.matcher(format);
        int end = 0;
        while (matcher.find()) {
            out.append(format, end, matcher.start());
            out.append(matcher.group(5).equals("%") ? "%" : directive(matcher));
            end = matcher.end();
        }
        out.append(format, end, format.length());
    }

    int arguments() {
        return arguments;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private long next(int bytes) {
        offset = Math.ceilDiv(offset, bytes) * bytes;
        long value = values.at(offset, bytes);
        offset += bytes;
        arguments++;
        return value;
    }

    private String directive(Matcher matcher) {
        String flags = matcher.group(1);
        int width = number(matcher.group(2), 0);
        int precision = number(matcher.group(3), -1);
        if (width < 0) {
            flags += "-";
            width = -width;
        }
        String length = matcher.group(4) == null ? "" : matcher.group(4);
        String text = text(matcher.group(5).charAt(0), flags, precision, length.matches("l|ll|j|z|t"), length);
        String padding = (flags.contains("0") && !flags.contains("-") ? "0" : " ").repeat(
                Math.max(0, width - text.length()));
        if (flags.contains("-")) {
            return text + padding;
        }
        int sign = padding.startsWith("0") && text.matches("[-+ ].*") ? 1 : 0;
        return text.substring(0, sign) + padding + text.substring(sign);
    }

    private int number(String text, int otherwise) {
        return text == null ? otherwise : text.equals("*") ? (int) next(4) : text.isEmpty() ? 0
                : Integer.parseInt(text);
    }

    private String text(char conversion, String flags, int precision, boolean wide, String length) {
        return switch (conversion) {
            case 'd', 'i' -> {
                long value = wide ? next(8) : cut((int) next(4), length);
                String digits = digits(Long.toUnsignedString(Math.abs(value)), precision);
                yield (value < 0 ? "-" : sign(flags)) + digits;
            }
            case 'u' -> digits(Long.toUnsignedString(unsigned(wide, length)), precision);
            case 'x', 'X' -> {
                long value = unsigned(wide, length);
                String digits = (flags.contains("#") && value != 0 ? "0x" : "")
                        + digits(Long.toHexString(value), precision);
                yield conversion == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
            }
            case 'o' -> digits(Long.toOctalString(unsigned(wide, length)), precision);
            case 'c' -> String.valueOf((char) (next(4) & 0xff));
            case 's' -> {
                String string = strings.apply(next(8));
                yield precision >= 0 && precision < string.length() ? string.substring(0, precision) : string;
            }
            case 'p' -> "0x" + Long.toHexString(next(8));
            default -> real(conversion, flags, precision < 0 ? 6 : precision, Double.longBitsToDouble(next(8)));
        };
    }

    private static long cut(int value, String length) {
        return length.equals("hh") ? (byte) value : length.equals("h") ? (short) value : value;
    }

    private long unsigned(boolean wide, String length) {
        long value = wide ? next(8) : next(4);
        return length.equals("hh") ? value & 0xff : length.equals("h") ? value & 0xffff : value;
    }

    private static String digits(String digits, int precision) {
        return "0".repeat(Math.max(0, precision - digits.length())) + digits;
    }

    private static String sign(String flags) {
        return flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }

    private static String real(char conversion, String flags, int precision, double value) {
        String sign = value < 0 || 1 / value < 0 ? "-" : sign(flags);
        double size = Math.abs(value);
        String text = size != size ? "nan" : Double.isInfinite(size) ? "inf" : switch (conversion) {
            case 'e', 'E' -> String.format(Locale.ROOT, "%." + precision + "e", size);
            case 'g', 'G' -> general(size, Math.max(1, precision), flags.contains("#"));
            case 'a', 'A' -> Double.toHexString(size);
            default -> String.format(Locale.ROOT, "%." + precision + "f", size);
        };
        return sign + (Character.isUpperCase(conversion) ? text.toUpperCase(Locale.ROOT) : text);
    }

    /** %g: the exponent after rounding decides the style, and zeros at the end are dropped. */
    private static String general(double size, int digits, boolean keepZeros) {
        String scientific = String.format(Locale.ROOT, "%." + (digits - 1) + "e", size);
        int e = scientific.indexOf('e');
        int exponent = Integer.parseInt(scientific.substring(e + 1));
        boolean fixed = exponent >= -4 && exponent < digits;
        String mantissa = fixed ? String.format(Locale.ROOT, "%." + (digits - 1 - exponent) + "f", size)
                : scientific.substring(0, e);
        if (!keepZeros && mantissa.contains(".")) {
            mantissa = mantissa.replaceAll("0+$", "").replaceAll("\\.$", "");
        }
        return mantissa + (fixed ? "" : scientific.substring(e));
    }
}
