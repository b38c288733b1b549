package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fragment layouts against plain loops; small integers are exact whatever the order of summation. */
class TensorTest {

    private static final int LANES = 32;
    private static final long SEED = 17;

    private static final String HEAD = """
            .reg .b32 %r<40>; .reg .b64 %rd<8>;
            mov.u32 %r0, %tid.x;
            ld.param.u64 %rd0, [a]; ld.param.u64 %rd1, [b]; ld.param.u64 %rd2, [d];
            mul.wide.u32 %rd3, %r0, 32; add.s64 %rd0, %rd0, %rd3;
            mul.wide.u32 %rd4, %r0, 16; add.s64 %rd1, %rd1, %rd4; add.s64 %rd2, %rd2, %rd4;
            ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd0];
            ld.global.u32 %r5, [%rd0+16];
            ld.global.v4.u32 {%r6, %r7, %r8, %r9}, [%rd1];
            """;
    private static final String TAIL = """
            st.global.v4.u32 [%rd2], {%r10, %r11, %r12, %r13};
            ret;
            """;
    private static final String PARAMETERS = ".param .u64 a, .param .u64 b, .param .u64 d";

    private final Random random = new Random(SEED);

    @Test
    void denseTilesMultiply() {
        float[][] a = integers(16, 16);
        float[][] b = integers(16, 8);
        int[] left = new int[LANES * 8];
        int[] right = new int[LANES * 4];
        for (int lane = 0; lane < LANES; lane++) {
            int g = lane / 4;
            int t = lane % 4;
            for (int i = 0; i < 8; i++) {
                put(left, lane * 8 + i / 2, i % 2, a[g + 8 * (i / 2 % 2)][2 * t + i % 2 + 8 * (i / 4)]);
            }
            for (int i = 0; i < 4; i++) {
                put(right, lane * 4 + i / 2, i % 2, b[2 * t + i % 2 + 8 * (i / 2)][g]);
            }
        }
        String mma = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%r10, %r11, %r12, %r13}, "
                + "{%r1, %r2, %r3, %r4}, {%r6, %r7}, {%r10, %r11, %r12, %r13};\n";
        assertProduct(mma + mma, left, right, a, b, 2);
    }

    @Test
    void sparseTilesMultiplyWithBothSelectors() {
        for (int selector = 0; selector < 2; selector++) {
            sparse(selector);
        }
    }

    private void sparse(int selector) {
        float[][] kept = integers(16, 16);
        float[][] b = integers(32, 8);
        float[][] dense = new float[16][32];
        int[][] nibbles = new int[16][8];
        for (int row = 0; row < 16; row++) {
            for (int group = 0; group < 8; group++) {
                int first = random.nextInt(3);
                int second = first + 1 + random.nextInt(3 - first);
                nibbles[row][group] = first | second << 2;
                dense[row][4 * group + first] = kept[row][2 * group];
                dense[row][4 * group + second] = kept[row][2 * group + 1];
            }
        }
        int[] left = new int[LANES * 8];
        int[] right = new int[LANES * 4];
        for (int lane = 0; lane < LANES; lane++) {
            int g = lane / 4;
            int t = lane % 4;
            for (int i = 0; i < 8; i++) {
                put(left, lane * 8 + i / 2, i % 2, kept[g + 8 * (i / 2 % 2)][2 * t + i % 2 + 8 * (i / 4)]);
                put(right, lane * 4 + i / 2, i % 2, b[2 * t + i % 2 + 8 * (i / 2)][g]);
            }
            for (int j = 0; j < 4 && t / 2 == selector; j++) {
                left[lane * 8 + 4] |= nibbles[g][4 * (t % 2) + j] << 4 * j;
                left[lane * 8 + 4] |= nibbles[g + 8][4 * (t % 2) + j] << 16 + 4 * j;
            }
        }
        assertProduct("mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 {%r10, %r11, %r12, %r13}, "
                + "{%r1, %r2, %r3, %r4}, {%r6, %r7, %r8, %r9}, {%r10, %r11, %r12, %r13}, %r5, 0x" + selector + ";\n",
                left, right, dense, b, 1);
    }

    @Test
    void ldmatrixGivesRowsOrTheTranspose() {
        for (boolean transposed : new boolean[] {false, true}) {
            Ptx ptx = Ptx.kernel(".param .u64 d", """
                    .shared .align 16 .b8 tile[512];
                    .reg .b32 %r<16>; .reg .b64 %rd<4>;
                    mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [d];
                    mov.u32 %r1, tile;
                    shl.b32 %r2, %r0, 4; add.u32 %r3, %r1, %r2;
                    shl.b32 %r4, %r0, 3; add.u32 %r5, %r4, 0; mad.lo.u32 %r5, %r4, 65536, %r4;
                    add.u32 %r5, %r5, 65536;
                    st.shared.u32 [%r3], %r5; add.u32 %r6, %r5, 0x20002; st.shared.u32 [%r3+4], %r6;
                    add.u32 %r6, %r6, 0x20002; st.shared.u32 [%r3+8], %r6;
                    add.u32 %r6, %r6, 0x20002; st.shared.u32 [%r3+12], %r6;
                    bar.sync 0;
                    ldmatrix.sync.aligned.m8n8.x4%s.shared.b16 {%%r7, %%r8, %%r9, %%r10}, [%%r3];
                    mul.wide.u32 %%rd1, %%r0, 16; add.s64 %%rd0, %%rd0, %%rd1;
                    st.global.v4.u32 [%%rd0], {%%r7, %%r8, %%r9, %%r10};
                    ret;
                    """.replace("%%", "%").replace("x4%s", transposed ? "x4.trans" : "x4"));
            long d = ptx.empty(128);
            LaunchReport report = ptx.launch("k", 1, LANES, d);
            assertThat(report.violations()).isEmpty();
            int[] found = ptx.ints(d, 128);
            for (int lane = 0; lane < LANES; lane++) {
                for (int j = 0; j < 4; j++) {
                    int g = lane / 4;
                    int t = 2 * (lane % 4);
                    int low = 64 * j + (transposed ? 8 * t + g : 8 * g + t);
                    int high = low + (transposed ? 8 : 1);
                    assertThat(found[4 * lane + j]).isEqualTo(low | high << 16);
                }
            }
        }
    }

    private static void assertProduct(String mma, int[] left, int[] right, float[][] a, float[][] b, int times) {
        Ptx ptx = Ptx.kernel(PARAMETERS, HEAD + mma + TAIL);
        long d = ptx.empty(LANES * 4);
        LaunchReport report = ptx.launch("k", 1, LANES, ptx.ints(left), ptx.ints(right), d);
        assertThat(report.violations()).isEmpty();
        assertThat(report.counters().tensorTiles()).isEqualTo(times);
        int[] found = ptx.ints(d, LANES * 4);
        for (int lane = 0; lane < LANES; lane++) {
            for (int i = 0; i < 4; i++) {
                float sum = 0;
                for (int k = 0; k < b.length; k++) {
                    sum += a[lane / 4 + 8 * (i / 2)][k] * b[k][2 * (lane % 4) + i % 2];
                }
                assertThat(Float.intBitsToFloat(found[4 * lane + i])).isEqualTo(times * sum);
            }
        }
    }

    private float[][] integers(int rows, int columns) {
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextInt(-8, 9);
            }
        }
        return values;
    }

    private static void put(int[] words, int word, int half, float value) {
        words[word] |= (Float.floatToFloat16(value) & 0xffff) << 16 * half;
    }
}
