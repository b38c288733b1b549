package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every shape of mma.sync and mma.sp of compute capability 8.0 against plain loops over small integers. */
class MmaShapesTest {

    private static final int LANES = 32;
    private static final long SEED = 23;

    private final Random random = new Random(SEED);

    @ParameterizedTest(name = "m16n8k{0} {1} {2} to {3}")
    @CsvSource({
        "8, f16, f16, f32", "16, f16, f16, f32", "8, f16, f16, f16", "16, f16, f16, f16",
        "8, bf16, bf16, f32", "16, bf16, bf16, f32", "4, tf32, tf32, f32", "8, tf32, tf32, f32",
        "16, s8, s8, s32", "32, s8, s8, s32", "32, u8, u8, s32", "32, s8, u8, s32", "16, u8, s8, s32",
        "32, s4, s4, s32", "64, s4, s4, s32", "64, u4, s4, s32",
    })
    void denseTiles(int depth, String typeA, String typeB, String typeD) {
        int[][] a = integers(16, depth, typeA);
        int[][] b = integers(depth, 8, typeB);
        String opcode = "mma.sync.aligned.m16n8k%d.row.col.%s.%s.%s.%s".formatted(depth, typeD, typeA, typeB, typeD);
        check(opcode, "", left(a, typeA), right(b, typeB), new int[LANES], a, b, typeD);
    }

    @ParameterizedTest(name = "m16n8k{0} {1} to {2}, selector {3}")
    @CsvSource({
        "16, f16, f32, 0", "16, f16, f32, 1", "16, f16, f16, 2", "16, bf16, f32, 3",
        "32, f16, f32, 0", "32, f16, f16, 1", "32, bf16, f32, 1",
        "8, tf32, f32, 0", "8, tf32, f32, 3", "16, tf32, f32, 0", "16, tf32, f32, 1",
        "32, s8, s32, 0", "32, s8, s32, 1", "64, s8, s32, 0", "64, u8, s32, 0",
        "64, s4, s32, 1", "128, u4, s32, 0",
    })
    void sparseTiles(int depth, String type, String typeD, int selector) {
        int width = type.equals("tf32") ? 2 : bits(type) == 4 ? 8 : 4;
        int groups = depth / width;
        int[][] kept = integers(16, depth / 2, type);
        int[][] dense = new int[16][depth];
        int[][] nibbles = new int[16][groups];
        for (int row = 0; row < 16; row++) {
            for (int group = 0; group < groups; group++) {
                nibbles[row][group] = place(kept[row], dense[row], group, width);
            }
        }
        int[][] b = integers(depth, 8, type);
        String opcode = "mma.sp%s.sync.aligned.m16n8k%d.row.col.%s.%s.%s.%s".formatted(
                depth == 32 ? "::ordered_metadata" : "", depth, typeD, type, type, typeD);
        check(opcode, ", %r5, 0x" + selector, left(kept, type), right(b, type), metadata(nibbles, selector), dense, b,
                typeD);
    }

    /** Puts one group of kept values where random metadata says. @return the metadata */
    private int place(int[] kept, int[] dense, int group, int width) {
        if (width == 2) {
            boolean second = random.nextBoolean();
            dense[2 * group + (second ? 1 : 0)] = kept[group];
            return second ? 0b1110 : 0b0100;
        }
        int first = random.nextInt(3);
        int second = first + 1 + random.nextInt(3 - first);
        int unit = width / 4;
        for (int i = 0; i < unit; i++) {
            dense[width * group + unit * first + i] = kept[width / 2 * group + i];
            dense[width * group + unit * second + i] = kept[width / 2 * group + unit + i];
        }
        return first | second << 2;
    }

    /** Four groups of row g in the lower half of a word, of row g + 8 in the upper one. */
    private static int[] metadata(int[][] nibbles, int selector) {
        int[] words = new int[LANES];
        int lanes = nibbles[0].length / 4;
        for (int row = 0; row < 16; row++) {
            for (int group = 0; group < nibbles[0].length; group++) {
                int lane = 4 * (row % 8) + selector * lanes + group / 4;
                words[lane] |= nibbles[row][group] << 16 * (row / 8) + 4 * (group % 4);
            }
        }
        return words;
    }

    /** A: consecutive elements of a row in a register; then rows g and g + 8 in turn, then the next columns. */
    private static int[] left(int[][] a, String type) {
        int each = 32 / bits(type);
        int[] words = new int[LANES * 4];
        for (int row = 0; row < 16; row++) {
            for (int k = 0; k < a[0].length; k++) {
                int lane = 4 * (row % 8) + k / each % 4;
                int register = row / 8 + 2 * (k / (4 * each));
                words[4 * lane + register] |= encode(a[row][k], type) << bits(type) % 32 * (k % each);
            }
        }
        return words;
    }

    private static int[] right(int[][] b, String type) {
        int each = 32 / bits(type);
        int[] words = new int[LANES * 4];
        for (int k = 0; k < b.length; k++) {
            for (int column = 0; column < 8; column++) {
                int lane = 4 * column + k / each % 4;
                words[4 * lane + k / (4 * each)] |= encode(b[k][column], type) << bits(type) % 32 * (k % each);
            }
        }
        return words;
    }

    private void check(String opcode, String tail, int[] left, int[] right, int[] metadata, int[][] a, int[][] b,
            String typeD) {
        boolean halves = typeD.equals("f16");
        String sums = halves ? "{%r14, %r15}" : "{%r14, %r15, %r16, %r17}";
        Ptx ptx = Ptx.kernel(".param .u64 a, .param .u64 b, .param .u64 e, .param .u64 d", """
                .reg .b32 %r<20>; .reg .b64 %rd<8>;
                mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [a]; ld.param.u64 %rd1, [b]; ld.param.u64 %rd2, [e];
                ld.param.u64 %rd3, [d]; mul.wide.u32 %rd4, %r0, 16; mul.wide.u32 %rd5, %r0, 4;
                add.s64 %rd0, %rd0, %rd4; add.s64 %rd1, %rd1, %rd4; add.s64 %rd3, %rd3, %rd4;
                add.s64 %rd2, %rd2, %rd5;
                ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd0]; ld.global.u32 %r5, [%rd2];
                ld.global.v4.u32 {%r6, %r7, %r8, %r9}, [%rd1]; ld.global.v4.u32 {%r14, %r15, %r16, %r17}, [%rd3];
                """ + opcode + " " + sums + ", " + registers(1, 16 * a[0].length, opcode, true) + ", "
                + registers(6, 8 * b.length, opcode, false) + ", " + sums + tail + ";\n"
                + "st.global.v4.u32 [%rd3], {%r14, %r15, %r16, %r17}; ret;");
        int[][] c = new int[16][8];
        int[] words = new int[LANES * 4];
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 8; column++) {
                c[row][column] = random.nextInt(-20, 20);
                int lane = 4 * (row % 8) + column / 2;
                int i = 2 * (row / 8) + column % 2;
                if (halves) {
                    words[4 * lane + i / 2] |= encode(c[row][column], "f16") << 16 * (i % 2);
                } else {
                    words[4 * lane + i] = encode(c[row][column], typeD);
                }
            }
        }
        long d = ptx.ints(words);
        assertThat(ptx.launch("k", 1, LANES, ptx.ints(left), ptx.ints(right), ptx.ints(metadata), d).violations())
                .isEmpty();
        int[] found = ptx.ints(d, words.length);
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 8; column++) {
                int sum = c[row][column];
                for (int k = 0; k < b.length; k++) {
                    sum += a[row][k] * b[k][column];
                }
                int lane = 4 * (row % 8) + column / 2;
                int i = 2 * (row / 8) + column % 2;
                int word = halves ? found[4 * lane + i / 2] >>> 16 * (i % 2) & 0xffff : found[4 * lane + i];
                assertThat(word).as("row %d, column %d", row, column).isEqualTo(encode(sum, typeD));
            }
        }
    }

    /** As many registers as the operand takes of the four that hold it. */
    private static String registers(int first, int elements, String opcode, boolean ofA) {
        String[] parts = opcode.split("\\.");
        String type = parts[parts.length - (ofA ? 3 : 2)];
        int kept = ofA && opcode.startsWith("mma.sp") ? elements / 2 : elements;
        int count = Math.max(1, kept * bits(type) / 32 / LANES);
        StringBuilder list = new StringBuilder("{%r" + first);
        for (int i = 1; i < count; i++) {
            list.append(", %r").append(first + i);
        }
        return list + "}";
    }

    private static int bits(String type) {
        return switch (type) {
            case "f16", "bf16" -> 16;
            case "s8", "u8" -> 8;
            case "s4", "u4" -> 4;
            default -> 32;
        };
    }

    private static int encode(int value, String type) {
        return switch (type) {
            case "f16" -> Float.floatToFloat16(value) & 0xffff;
            case "bf16" -> Float.floatToRawIntBits(value) >>> 16;
            case "tf32", "f32" -> Float.floatToRawIntBits(value);
            default -> bits(type) == 32 ? value : value & (1 << bits(type)) - 1;
        };
    }

    private int[][] integers(int rows, int columns, String type) {
        int[][] values = new int[rows][columns];
        for (int[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = type.startsWith("u") ? random.nextInt(0, 8) : random.nextInt(-4, 5);
            }
        }
        return values;
    }
}
