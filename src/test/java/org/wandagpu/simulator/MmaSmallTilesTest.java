package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiles of 8 x 8: lane 4g + t holds row g of A, column g of B, and columns 2t, 2t + 1 of row g of the result. */
class MmaSmallTilesTest {

    private static final int LANES = 32;

    @Test
    void doubles() {
        Ptx ptx = Ptx.kernel(".param .u64 d", """
                .reg .b32 %r<2>; .reg .b64 %rd<3>; .reg .f64 %fd<6>;
                mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [d]; mul.wide.u32 %rd1, %r0, 16; add.s64 %rd0, %rd0, %rd1;
                cvt.rn.f64.u32 %fd0, %r0; add.f64 %fd1, %fd0, 0d3fe0000000000000;
                mov.f64 %fd2, 0d4059000000000000;
                mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%fd3, %fd4}, {%fd0}, {%fd1}, {%fd2, %fd2};
                st.global.v2.f64 [%rd0], {%fd3, %fd4}; ret;
                """);
        long d = ptx.zeros(16 * LANES);
        assertThat(ptx.launch("k", 1, LANES, d).violations()).isEmpty();
        double[] found = ptx.doubles(d, 2 * LANES);
        for (int row = 0; row < 8; row++) {
            for (int column = 0; column < 8; column++) {
                double sum = 100;
                for (int k = 0; k < 4; k++) {
                    sum += (4 * row + k) * (4 * column + k + 0.5);
                }
                assertThat(found[8 * row + column]).isEqualTo(sum);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"and", "xor"})
    void singleBits(String join) {
        Ptx ptx = Ptx.kernel(".param .u64 a, .param .u64 b, .param .u64 d", """
                .reg .b32 %r<6>; .reg .b64 %rd<5>;
                mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [d]; mul.wide.u32 %rd1, %r0, 8; add.s64 %rd0, %rd0, %rd1;
                mul.wide.u32 %rd4, %r0, 4;
                ld.param.u64 %rd2, [a]; add.s64 %rd2, %rd2, %rd4; ld.global.u32 %r1, [%rd2];
                ld.param.u64 %rd3, [b]; add.s64 %rd3, %rd3, %rd4; ld.global.u32 %r2, [%rd3];
                mov.u32 %r3, 1000;
                mma.sync.aligned.m8n8k128.row.col.s32.b1.b1.s32.""" + join + """
                .popc {%r4, %r5}, {%r1}, {%r2}, {%r3, %r3};
                st.global.v2.u32 [%rd0], {%r4, %r5}; ret;
                """);
        int[] a = new int[LANES];
        int[] b = new int[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            a[lane] = 0x9e3779b9 * (lane + 1);
            b[lane] = 0x85ebca6b * (lane + 7);
        }
        long d = ptx.zeros(8 * LANES);
        assertThat(ptx.launch("k", 1, LANES, ptx.ints(a), ptx.ints(b), d).violations()).isEmpty();
        int[] found = ptx.ints(d, 2 * LANES);
        for (int row = 0; row < 8; row++) {
            for (int column = 0; column < 8; column++) {
                int sum = 1000;
                for (int k = 0; k < 4; k++) {
                    int x = a[4 * row + k];
                    int y = b[4 * column + k];
                    sum += Integer.bitCount(join.equals("and") ? x & y : x ^ y);
                }
                assertThat(found[8 * row + column]).isEqualTo(sum);
            }
        }
    }

    @Test
    void integersSaturateWhereTheyAreTold() {
        String body = """
                .reg .b32 %r<5>; .reg .b64 %rd<2>;
                mov.u32 %r0, 0x7f7f7f7f; mov.u32 %r1, 0x7ffffff0;
                mma.sync.aligned.m8n8k16.row.col@.s32.s8.s8.s32 {%r2, %r3}, {%r0}, {%r0}, {%r1, %r1};
                ld.param.u64 %rd0, [d]; st.global.u32 [%rd0], %r2; ret;
                """;
        assertThat(first(body.replace("@", ".satfinite"))).isEqualTo(Integer.MAX_VALUE);
        assertThat(first(body.replace("@", ""))).isEqualTo(0x7ffffff0 + 16 * 127 * 127);
    }

    private static int first(String body) {
        Ptx ptx = Ptx.kernel(".param .u64 d", body);
        long d = ptx.empty(1);
        assertThat(ptx.launch("k", 1, LANES, d).violations()).isEmpty();
        return ptx.ints(d, 1)[0];
    }
}
