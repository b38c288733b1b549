package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.wandagpu.failure.BadInputException;

/** What surrounds instructions in PTX text. */
class ModuleTest {

    private static final String HEAD = ".version 8.0\n.target sm_80, debug\n.address_size 64\n";

    private static Ptx module(String text) {
        return Ptx.text("test.ptx", HEAD + text, Schedule.NATURAL);
    }

    @Test
    void variablesHoldAddressesOfOthersAndOfFunctions() {
        Ptx ptx = module("""
                .pragma "nounroll";
                .global .align 8 .u64 table[3] = {generic(numbers)+8, twice, numbers};
                .global .align 1 .b8 bytes[8] = {0xff(numbers), 0xff00(numbers), 0xff0000(numbers), 0xff000000(numbers),
                    0xff00000000(numbers), 0xff0000000000(numbers), 0, 0};
                .visible .global .attribute(.managed) .align 4 .u32 numbers[4] = {10, 20, 30};
                .weak .func (.param .b32 result) twice(.param .b32 x)
                { .reg.b32 %r<2>; ld.param.b32 %r1, [x]; shl.b32 %r1, %r1, 1; st.param.b32 [result], %r1; ret; }
                .alias doubled, twice;
                .visible .entry k(.param .u64 .ptr .global .align 4 d)
                .maxntid 32, 1, 1
                {
                    .reg .b32 %r<9>; .reg .b64 %rd<9>; .param .b32 x; .param .b32 y;
                    ld.param.u64 %rd0, [d];
                    ld.global.u64 %rd1, [table]; ld.u32 %r1, [%rd1]; st.global.u32 [%rd0], %r1;
                    ld.global.u64 %rd2, [table+8]; st.param.b32 [x], %r1;
                    proto: .callprototype (.param .b32 _) _ (.param .b32 _);
                    call (y), %rd2, (x), proto;
                    ld.param.b32 %r2, [y]; st.global.u32 [%rd0+4], %r2;
                    ld.global.u64 %rd3, [bytes]; ld.global.u32 %r3, [%rd3+4]; st.global.u32 [%rd0+8], %r3;
                    st.param.b32 [x], 4; call.uni (y), doubled, (x); ld.param.b32 %r4, [y];
                    st.global.u32 [%rd0+12], %r4;
                    ret;
                }
                .section .debug_str { info: .b8 1, 2 }
                """);
        long d = ptx.empty(4);
        assertThat(ptx.launch("k", 1, 1, d).violations()).isEmpty();
        assertThat(ptx.ints(d, 4)).containsExactly(30, 60, 20, 8);
    }

    @Test
    void whatIsNotExecutedIsNotRefused() {
        Ptx ptx = module("""
                .visible .entry strange() { wgmma.fence.sync.aligned; ret; }
                .visible .entry k(.param .u32 n)
                {
                    .reg .b32 %r; .reg .pred %p;
                    ld.param.u32 %r, [n]; setp.eq.u32 %p, %r, 0;
                    @%p frobnicate.u32 %r, %r;
                    ret;
                }
                .visible .entry broken() { add.u32 %nowhere, 1, 2; }
                """);
        assertThat(ptx.launch("k", 1, 1, 1).violations()).isEmpty();
        assertThatThrownBy(() -> ptx.launch("k", 1, 1, 0)).isInstanceOf(BadInputException.class)
                .hasMessage("test.ptx:9: the simulator does not know the instruction frobnicate.u32");
        assertThatThrownBy(() -> ptx.launch("strange", 1, 1)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("test.ptx:4: ");
        assertThatThrownBy(() -> ptx.launch("broken", 1, 1)).isInstanceOf(BadInputException.class)
                .hasMessage("test.ptx:12: no register %nowhere");
    }

    @Test
    void aFunctionWithoutABodyIsNamed() {
        Ptx ptx = module(".extern .func elsewhere();\n.entry k() { call elsewhere; ret; }");
        assertThatThrownBy(() -> ptx.launch("k", 1, 1)).isInstanceOf(BadInputException.class)
                .hasMessage("test.ptx:5: call: there is no function elsewhere");
    }

    @Test
    void namesThatAreNotDeclaredAreRefused() {
        Ptx ptx = module(".entry k() { .reg .b64 %rd; ld.global.u64 %rd, [nowhere]; ret; }");
        assertThatThrownBy(() -> ptx.launch("k", 1, 1)).isInstanceOf(BadInputException.class)
                .hasMessage("test.ptx:4: ld.global.u64: nowhere is not declared");
    }
}
