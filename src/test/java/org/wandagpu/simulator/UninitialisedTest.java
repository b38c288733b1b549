package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.simulator.Violation.Kind;

/** Values that nobody gave: reported where they are used, not where they are moved. */
class UninitialisedTest {

    private static final String HEAD = """
            .reg .pred %p<4>; .reg .b32 %r<9>; .reg .b64 %rd<5>;
            mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [d];
            mul.wide.u32 %rd1, %r0, 4; add.s64 %rd2, %rd0, %rd1;
            """;

    @ParameterizedTest
    @ValueSource(strings = {
        "add.u32 %r1, %r2, 1; st.global.u32 [%rd2], %r1;",
        "setp.eq.u32 %p0, %r2, 0; @%p0 st.global.u32 [%rd2], 1;",
        "@%p1 bra $end; st.global.u32 [%rd2], 1; $end: ret;",
        "st.global.u32 [%rd3], 1;",
        "red.global.add.u32 [%rd0], %r2;",
        "setp.lt.u32 %p0, %r0, 7; @%p0 mov.u32 %r2, 3; st.global.u32 [%rd2], %r2;",
        ".local .align 4 .b8 l[8]; mov.u32 %r3, l; ld.local.u32 %r2, [%r3]; setp.eq.u32 %p0, %r2, 0;"
                + "@%p0 st.global.u32 [%rd2], 1;",
        ".local .align 4 .b8 l[8]; mov.u32 %r3, l; ld.local.u32 %r2, [%r3]; add.u32 %r1, %r2, 1;"
                + "st.global.u32 [%rd2], %r1;"
    })
    void registersWithoutAValueAreReported(String body) {
        assertThat(launch(body).violations()).extracting(Violation::kind).contains(Kind.UNINITIALISED);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mov.u32 %r1, %r2; add.u32 %r3, %r1, 1; st.global.u32 [%rd2], 1;",
        "setp.lt.u32 %p0, %r0, 7; @%p0 mov.u32 %r2, 3; @!%p0 mov.u32 %r2, 4; st.global.u32 [%rd2], %r2;",
        "setp.lt.u32 %p0, %r0, 7; @%p0 mov.u32 %r2, 3; @%p0 st.global.u32 [%rd2], %r2;",
        "setp.lt.u32 %p0, %r0, 7; @%p0 mov.u32 %r2, 3; selp.u32 %r3, %r2, 1, %p0; @%p0 st.global.u32 [%rd2], %r3;",
        ".local .align 4 .b8 l[8]; mov.u32 %r3, l; st.local.u32 [%r3], %r0; ld.local.v2.u32 {%r1, %r2}, [%r3];"
                + "st.global.u32 [%rd2], %r1; st.global.u32 [%rd2], %r2;",
    })
    void valuesThatAreOnlyMovedAreNot(String body) {
        assertThat(launch(body).violations()).isEmpty();
    }

    @Test
    void aWordWrittenInPartMayBeReadForItsPart() {
        assertThat(launch("""
                .shared .align 4 .b8 s[256];
                mov.u32 %r3, s; mad.lo.u32 %r3, %r0, 4, %r3;
                st.shared.u8 [%r3], %r0; ld.shared.u32 %r4, [%r3]; and.b32 %r4, %r4, 255; st.global.u32 [%rd2], %r4;
                """).violations()).isEmpty();
    }

    @Test
    void writesToWhatIsReadAsReadOnlyAreReported() {
        assertThat(launch("""
                st.global.u32 [%rd2], %r0; ld.global.nc.u32 %r1, [%rd2];
                """).violations()).extracting(Violation::kind).containsExactly(Kind.READ_ONLY_WRITTEN);
    }

    private static LaunchReport launch(String body) {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + body + "\nret;");
        return ptx.launch("k", 1, 32, ptx.empty(32));
    }
}
