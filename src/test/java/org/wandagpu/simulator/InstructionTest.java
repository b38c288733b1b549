package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.failure.BadInputException;

/** Single instructions on the corners of their range. */
class InstructionTest {

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource({
        "shl.b32,            1,          32,         0,          0",
        "shr.s32,            0x80000000, 40,         0,          0xffffffff",
        "shf.l.wrap.b32,     0x80000000, 1,          33,         0x3",
        "shf.r.wrap.b32,     0x80000001, 1,          1,          0xc0000000",
        "bfe.u32,            0x12345678, 8,          8,          0x56",
        "bfe.s32,            0x0000ff00, 8,          8,          0xffffffff",
        "prmt.b32,           0x33221100, 0x77665544, 0x7531,     0x77553311",
        "prmt.b32,           0x00000080, 0,          0x8888,     0xffffffff",
        "mul.hi.u32,         0xffffffff, 0xffffffff, 0,          0xfffffffe",
        "mad.lo.s32,         -3,         5,          1,          -14",
        "div.s32,            -7,         2,          0,          -3",
        "rem.s32,            -7,         2,          0,          -1",
        "min.u32,            -1,         2,          0,          2",
        "add.rn.f32,         0x7f800000, 0xff800000, 0,          0x7fffffff",
        "min.f32,            0x7fc00000, 0x3f800000, 0,          0x3f800000",
        "max.f32,            0x3f800000, 0xffc00000, 0,          0x3f800000",
        "fma.rn.f32,         0x3f800001, 0x3f800001, 0xbf800002, 0x28800000",
        "div.rn.f32,         0x3f800000, 0x40400000, 0,          0x3eaaaaab",
        "mul.ftz.f32,        0x00800000, 0x3f000000, 0,          0",
        "add.f16x2,          0x3c004000, 0x3c003c00, 0,          0x40004200",
        "cvt.rn.f16x2.f32,   0x3f800000, 0x40000000, 0,          0x3c004000",
        "cvt.rn.bf16x2.f32,  0x3f800000, 0x3f808000, 0,          0x3f803f80",
    })
    void threeOperandsGive(String opcode, String a, String b, String c, String expected) {
        boolean three = opcode.startsWith("shf") || opcode.startsWith("bfe") || opcode.startsWith("prmt")
                || opcode.startsWith("mad") || opcode.startsWith("fma");
        assertThat(run(opcode + " %r5, %r1, %r2" + (three ? ", %r3" : "") + ";", a, b, c))
                .isEqualTo(Long.decode(expected).intValue());
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "bfind.shiftamt.u32, 0,          0xffffffff",
        "bfind.shiftamt.u32, 1,          31",
        "bfind.u32,          0x100,      8",
        "brev.b32,           1,          0x80000000",
        "clz.b32,            0,          32",
        "popc.b32,           0xf0f0,     8",
        "cvt.rzi.s32.f32,    0x7fc00000, 0",
        "cvt.rzi.s32.f32,    0x4f800000, 0x7fffffff",
        "cvt.rni.s32.f32,    0x40200000, 2",
        "cvt.rzi.u32.f32,    0xbf800000, 0",
        "cvt.rn.f32.s32,     0x7fffffff, 0x4f000000",
        "cvt.rna.tf32.f32,   0x3f801000, 0x3f802000",
        "cvt.s32.s8,         0x80,       0xffffff80",
        "sqrt.rn.f32,        0x40000000, 0x3fb504f3",
        "rcp.rn.f32,         0x40400000, 0x3eaaaaab",
        "ex2.approx.f32,     0x40400000, 0x41000000",
    })
    void twoOperandsGive(String opcode, String a, String expected) {
        assertThat(run(opcode + " %r5, %r1;", a, "0", "0")).isEqualTo(Long.decode(expected).intValue());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"eq, 0", "ne, 0", "neu, 1", "ltu, 1", "lt, 0", "nan, 1", "num, 0"})
    void comparisonsWithNanAreOrdered(String how, int expected) {
        assertThat(run(".reg .pred %p; setp." + how + ".f32 %p, %r1, %r2; selp.u32 %r5, 1, 0, %p;", "0x7fc00000",
                "0x3f800000", "0")).isEqualTo(expected);
    }

    @Test
    void carriesGoFromOneInstructionToTheNext() {
        assertThat(run("add.cc.u32 %r4, %r1, %r2; addc.u32 %r5, %r3, 0;", "0xffffffff", "1", "5")).isEqualTo(6);
        assertThat(run("add.cc.u32 %r4, %r1, %r2; addc.u32 %r5, %r3, 0;", "0xfffffffe", "1", "5")).isEqualTo(5);
        assertThat(run("sub.cc.u32 %r4, %r1, %r2; subc.u32 %r5, %r3, 1;", "1", "2", "5")).isEqualTo(3);
        assertThat(run("sub.cc.u32 %r4, %r1, %r2; subc.u32 %r5, %r3, 1;", "2", "2", "5")).isEqualTo(4);
        assertThat(run("mad.lo.cc.u32 %r4, %r1, %r2, %r3; madc.hi.u32 %r5, %r1, %r2, 0;", "0xffffffff", "2", "3"))
                .isEqualTo(2);
    }

    @Test
    void anUnknownInstructionIsNamedWithItsLine() {
        assertThatThrownBy(() -> Ptx.kernel("", "frobnicate.u32 0;").launch("k", 1, 1))
                .isInstanceOf(BadInputException.class)
                .hasMessage("test.ptx:6: the simulator does not know the instruction frobnicate.u32");
    }

    @Test
    void bracesOpenAScope() {
        assertThat(run("{ .reg .b32 t; mov.b32 t, 3; { .reg .b32 t; mov.b32 t, 4; } mov.b32 %r5, t; }", "0", "0", "0"))
                .isEqualTo(3);
    }

    private static int run(String instruction, String a, String b, String c) {
        Ptx ptx = Ptx.kernel(".param .u64 d, .param .u32 a, .param .u32 b, .param .u32 c", """
                .reg .b32 %r<9>; .reg .b64 %rd<2>;
                ld.param.u64 %rd0, [d]; ld.param.u32 %r1, [a]; ld.param.u32 %r2, [b]; ld.param.u32 %r3, [c];
                """ + instruction + "\nst.global.u32 [%rd0], %r5; ret;");
        long d = ptx.empty(1);
        assertThat(ptx.launch("k", 1, 1, d, Long.decode(a).intValue(), Long.decode(b).intValue(),
                Long.decode(c).intValue()).violations()).isEmpty();
        return ptx.ints(d, 1)[0];
    }
}
