package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongToDoubleFunction;

/** Matrix elements of a type in registers, several to one where they are narrow; the lowest bits come first. */
final class Elements {

    private static final Set<String> TYPES = Set.of("f16", "bf16", "tf32", "f32", "f64", "s8", "u8", "s4", "u4", "b1",
            "s32");

    final String type;
    private final int perRegister;
    private final int bits;
    private final LongToDoubleFunction decoder;

    private Elements(String type) {
        this.type = type;
        this.bits = switch (type) {
            case "f64" -> 64;
            case "f32", "tf32", "s32" -> 32;
            case "f16", "bf16" -> 16;
            case "s8", "u8" -> 8;
            case "s4", "u4" -> 4;
            default -> 1;
        };
        this.perRegister = Math.max(1, 32 / bits);
        this.decoder = decoder(type);
    }

    /** @throws UnsupportedOperationException if matrices of the type are not known */
    static Elements of(String type) {
        if (!TYPES.contains(type)) {
            throw new UnsupportedOperationException(type);
        }
        return new Elements(type);
    }

    /** The element types that an instruction names, in its order. */
    static List<Elements> named(Statement s) {
        List<Elements> named = new ArrayList<>();
        for (String part : s.opcode().split("\\.")) {
            if (TYPES.contains(part)) {
                named.add(of(part));
            }
        }
        return named;
    }

    int perRegister() {
        return perRegister;
    }

    int bits() {
        return bits;
    }

    /** The value of element {@code i} of a lane, exactly. */
    double get(long[][] rows, int[] registers, int lane, int i) {
        return decoder.applyAsDouble(bits(rows, registers, lane, i));
    }

    /** What gives the value that the lower bits stand for. */
    private static LongToDoubleFunction decoder(String type) {
        return switch (type) {
            case "f16" -> Types::f16;
            case "bf16" -> Types::bf16;
            case "tf32" -> raw -> Types.f32(raw & ~0x1fffL);
            case "f32" -> Types::f32;
            case "f64" -> Types::f64;
            case "s32" -> raw -> (int) raw;
            case "s8" -> raw -> (byte) raw;
            case "u8" -> raw -> raw & 0xff;
            case "s4" -> raw -> raw << 60 >> 60;
            case "u4" -> raw -> raw & 15;
            default -> raw -> raw & 1;
        };
    }

    /** The bits of element {@code i} of a lane, with others above them. */
    long bits(long[][] rows, int[] registers, int lane, int i) {
        return rows[registers[i / perRegister]][lane] >>> bits * (i % perRegister);
    }

    /** @param saturates whether integers that do not fit become the greatest or smallest instead of losing bits */
    void put(long[][] rows, int[] registers, int lane, int i, double value, boolean saturates) {
        putBits(rows, registers, lane, i, type.equals("s32") ? saturates ? (int) value : (int) (long) value
                : Types.fromDouble(type, value));
    }

    void putBits(long[][] rows, int[] registers, int lane, int i, long raw) {
        long[] row = rows[registers[i / perRegister]];
        if (perRegister == 1) {
            row[lane] = raw;
            return;
        }
        int shift = bits * (i % perRegister);
        row[lane] = row[lane] & ~((1L << bits) - 1 << shift) | raw << shift;
    }
}
