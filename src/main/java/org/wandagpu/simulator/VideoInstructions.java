package org.wandagpu.simulator;

/** The SIMD video instructions: the same for each byte or half of two registers, or the sum over them. */
final class VideoInstructions {

    private VideoInstructions() {
    }

    /** Of one part of each operand. */
    @FunctionalInterface
    private interface Part {
        long of(long a, long b);
    }

    static Operation decode(Statement s) {
        String root = s.root();
        String[] parts = s.opcode().split("\\.");
        int count = root.charAt(root.length() - 1) - '0';
        int bits = 32 / count;
        boolean adds = s.has("add");
        boolean saturates = s.has("sat");
        boolean signed = Types.signed(parts[1]);
        boolean firstSigned = Types.signed(parts[2]);
        boolean secondSigned = Types.signed(parts[3]);
        long lowest = signed ? -1L << bits - 1 : 0;
        long highest = signed ? ~lowest : (1L << bits) - 1;
        Part part = part(root.substring(0, root.length() - 1));
        return Elementwise.ternary(s, (a, b, c) -> {
            long result = adds ? c : 0;
            for (int i = 0; i < 32; i += bits) {
                long each = part.of(cut(a >>> i, bits, firstSigned), cut(b >>> i, bits, secondSigned));
                each = saturates ? Math.clamp(each, lowest, highest) : each;
                result += adds ? each : (each & (1L << bits) - 1) << i;
            }
            return result;
        });
    }

    private static long cut(long value, int bits, boolean signed) {
        long up = value << 64 - bits;
        return signed ? up >> 64 - bits : up >>> 64 - bits;
    }

    private static Part part(String name) {
        return switch (name) {
            case "vabsdiff" -> (a, b) -> Math.abs(a - b);
            case "vadd" -> Long::sum;
            case "vsub" -> (a, b) -> a - b;
            case "vavrg" -> (a, b) -> a + b + 1 >> 1;
            case "vmin" -> Math::min;
            default -> Math::max;
        };
    }
}
