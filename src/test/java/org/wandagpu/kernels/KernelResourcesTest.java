package org.wandagpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.wandagpu.cuda.jcuda.PtxAssembler;

/** Every kernel assembles for every GPU that it is meant for, without a spill, and takes what the table says. */
class KernelResourcesTest {

    /** System property of {@code make kernels}: the table is written before it is compared. */
    private static final String WRITE = "kernels.write";

    @Test
    void theTableIsTrueAndNothingSpills() throws IOException {
        String table = KernelResources.table();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(KernelResources.FILE, table);
        }
        assertThat(table.lines().filter(line -> line.contains(".cu |"))).hasSizeGreaterThan(50)
                .allMatch(line -> line.endsWith("| 0 |"), "no spills");
        assertThat(Files.readString(KernelResources.FILE)).isEqualTo(table);
    }

    @Test
    void theAssemblerRefusesWhatIsWrong() {
        assertThatThrownBy(() -> PtxAssembler.assemble(".version 7.8\n.target sm_80\nnonsense", "sm_80"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nonsense");
    }
}
