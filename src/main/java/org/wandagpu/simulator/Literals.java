package org.wandagpu.simulator;

/** The numbers of PTX text as bits. */
final class Literals {

    private Literals() {
    }

    /** Integers in all bases, {@code 0f3F800000} and {@code 0d...}; a plain decimal fraction is a double. */
    static long bits(String text) {
        String lower = text.toLowerCase();
        if (lower.startsWith("0f") || lower.startsWith("0d")) {
            return Long.parseUnsignedLong(lower.substring(2), 16);
        }
        if (lower.contains(".")) {
            return Double.doubleToRawLongBits(Double.parseDouble(lower));
        }
        String digits = lower.endsWith("u") ? lower.substring(0, lower.length() - 1) : lower;
        if (digits.startsWith("0x")) {
            return Long.parseUnsignedLong(digits.substring(2), 16);
        }
        if (digits.startsWith("0b")) {
            return Long.parseUnsignedLong(digits.substring(2), 2);
        }
        boolean octal = digits.length() > 1 && digits.startsWith("0");
        return Long.parseUnsignedLong(digits, octal ? 8 : 10);
    }

    /** Bytes of an element of a type such as {@code u32}, {@code f16x2} or {@code .b8}. */
    static int bytes(String type) {
        String name = type.startsWith(".") ? type.substring(1) : type;
        return switch (name) {
            case "b8", "u8", "s8" -> 1;
            case "b16", "u16", "s16", "f16", "bf16" -> 2;
            case "b32", "u32", "s32", "f32", "f16x2", "bf16x2", "tf32" -> 4;
            case "b64", "u64", "s64", "f64" -> 8;
            case "pred" -> 1;
            default -> throw new UnsupportedOperationException("type " + name);
        };
    }
}
