package org.wandagpu.simulator;

/** Instructions on single bits, bytes and fields. */
final class BitFields {

    private BitFields() {
    }

    static Operation decode(Statement s) {
        String type = s.type();
        boolean wide = type.endsWith("64");
        return switch (s.root()) {
            case "popc" -> Elementwise.unary(s, wide ? Long::bitCount : a -> Integer.bitCount((int) a));
            case "clz" -> Elementwise.unary(s, wide ? Long::numberOfLeadingZeros
                    : a -> Integer.numberOfLeadingZeros((int) a));
            case "brev" -> Elementwise.unary(s, wide ? Long::reverse : a -> Integer.reverse((int) a));
            case "bfind" -> bfind(s, type);
            case "bfe" -> bfe(s, type);
            case "bfi" -> bfi(s);
            case "fns" -> fns(s);
            case "bmsk" -> Elementwise.binary(s, mask(s.has("clamp")));
            case "szext" -> extension(s, type);
            case "shf" -> funnel(s);
            case "prmt" -> {
                String mode = type.equals("b32") ? "" : type;
                yield Elementwise.ternary(s, (a, b, c) -> permute(a, b,
                        mode.isEmpty() ? c : selector(mode, (int) c & 3)));
            }
            default -> throw new UnsupportedOperationException(s.opcode());
        };
    }

    private static Operation bfind(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        int top = 8 * Literals.bytes(type) - 1;
        boolean amount = s.has("shiftamt");
        return Elementwise.unary(s, a -> {
            long value = x.of(a);
            value = Types.signed(type) && value < 0 ? ~value : value;
            int found = 63 - Long.numberOfLeadingZeros(value);
            return found < 0 ? 0xffffffffL : amount ? top - found : found;
        });
    }

    private static Operation bfe(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        int bits = 8 * Literals.bytes(type);
        boolean signed = Types.signed(type);
        return Elementwise.ternary(s, (a, b, c) -> {
            int at = (int) (b & 0xff);
            int length = (int) (c & 0xff);
            if (length == 0) {
                return 0;
            }
            long value = at >= bits ? signed && x.of(a) < 0 ? -1 : 0 : x.of(a) >> at;
            if (!signed && at > 0 && at < bits) {
                value = x.of(a) >>> at;
            }
            int spare = 64 - Math.min(length, 64);
            boolean cut = length < bits - at;
            return cut ? signed ? value << spare >> spare : value << spare >>> spare : value;
        });
    }

    private static Operation bfi(Statement s) {
        int bits = 8 * Literals.bytes(s.type());
        int[] r = {s.row(0), s.row(1), s.row(2), s.row(3), s.row(4)};
        return (warp, active) -> {
            long[][] rows = warp.rows;
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                int at = (int) (rows[r[3]][lane] & 0xff);
                int length = (int) (rows[r[4]][lane] & 0xff);
                long field = at >= bits || length == 0 ? 0 : (length >= 64 ? -1L : (1L << length) - 1) << at;
                rows[r[0]][lane] = rows[r[2]][lane] & ~field | rows[r[1]][lane] << at & field;
            }
        };
    }

    private static Operation funnel(Statement s) {
        boolean left = s.has("l");
        boolean wrap = s.has("wrap");
        return Elementwise.ternary(s, (a, b, c) -> {
            long both = b << 32 | a & 0xffffffffL;
            long by = wrap ? c & 31 : Math.min(c & 0xffffffffL, 32);
            return left ? by == 32 ? a : both << by >>> 32 : both >>> by;
        });
    }

    /** The position of the n-th set bit from a place on, downwards where n is negative. */
    private static Operation fns(Statement s) {
        return Elementwise.ternary(s, (mask, base, offset) -> {
            int start = (int) base & 31;
            int wanted = (int) offset;
            if (wanted == 0) {
                return (mask >>> start & 1) != 0 ? start : 0xffffffffL;
            }
            int step = wanted > 0 ? 1 : -1;
            int count = 0;
            for (int at = start; at >= 0 && at < 32; at += step) {
                count += (int) (mask >>> at & 1);
                if (count == Math.abs(wanted)) {
                    return at;
                }
            }
            return 0xffffffffL;
        });
    }

    private static Elementwise.Binary mask(boolean clamps) {
        return (a, b) -> {
            long from = clamps ? a & 0xffffffffL : a & 31;
            long count = clamps ? Math.min(b & 0xffffffffL, 32) : b & 31;
            return from >= 32 ? 0 : ((1L << count) - 1 << from) & 0xffffffffL;
        };
    }

    /** Keeps the lower bits and repeats the highest of them, or zero. */
    private static Operation extension(Statement s, String type) {
        boolean signed = Types.signed(type);
        boolean clamps = s.has("clamp");
        return Elementwise.binary(s, (a, b) -> {
            long bits = clamps ? Math.min(b & 0xffffffffL, 32) : b & 31;
            if (bits == 0) {
                return 0;
            }
            long up = a << 64 - bits;
            return signed ? up >> 64 - bits : up >>> 64 - bits;
        });
    }

    /** The selector that a mode of prmt stands for, by the lower bits of its third operand. */
    private static long selector(String mode, int by) {
        return switch (mode) {
            case "f4e" -> 0x3210 + 0x1111L * by;
            case "b4e" -> 0x5670 + 0x1111L * by & 0x7777;
            case "rc8" -> 0x1111L * by;
            case "ecl" -> new long[] {0x3210, 0x3211, 0x3222, 0x3333}[by];
            case "ecr" -> new long[] {0x0000, 0x1110, 0x2210, 0x3210}[by];
            case "rc16" -> (by & 1) == 0 ? 0x1010 : 0x3232;
            default -> throw new UnsupportedOperationException(mode);
        };
    }

    private static long permute(long a, long b, long selector) {
        long both = b << 32 | a & 0xffffffffL;
        long result = 0;
        for (int i = 0; i < 4; i++) {
            int nibble = (int) (selector >>> 4 * i);
            long value = both >>> 8 * (nibble & 7) & 0xff;
            if ((nibble & 8) != 0) {
                value = (byte) value < 0 ? 0xff : 0;
            }
            result |= value << 8 * i;
        }
        return result;
    }
}
