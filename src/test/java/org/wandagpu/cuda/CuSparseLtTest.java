package org.wandagpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.simulator.SimulatorDriver;

/** What cuSPARSELt is called with, seen by a library made for it. */
class CuSparseLtTest {

    @TempDir
    private Path folder;

    @Test
    void withoutTheLibraryOneSentenceSaysSo() {
        assertThatThrownBy(() -> new CuSparseLt("libcusparseLt-of-nobody.so")).isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("cuSPARSELt (libcusparseLt.so.0) is not installed");
    }

    @Test
    void everyCallHasItsArguments() throws IOException, InterruptedException {
        Path library = MadeLibrary.compile(Path.of("src/test/resources/cuda/libcusparseLt.c"),
                folder.resolve("libcusparseLt.so.0"));
        try (Gpu gpu = new Gpu(new SimulatorDriver("test", 1, 1 << 20), 0); Stream stream = gpu.stream();
                CuSparseLt sparse = new CuSparseLt(library.toString()); Arena arena = Arena.ofConfined()) {
            assertThat(sparse.room(32, 64, CuSparseLt.Type.F16)).isEqualTo(new CuSparseLt.Room(2304, 40));
            MemorySegment dense = arena.allocateFrom(ValueLayout.JAVA_SHORT, new short[32 * 64]);
            dense.setAtIndex(ValueLayout.JAVA_SHORT, 62, (short) 9);
            MemorySegment compressed = arena.allocate(2304);
            sparse.compress(dense.address(), 32, 64, CuSparseLt.Type.F16, compressed.address(), arena.allocate(40).address(),
                    stream);
            assertThat(compressed.getAtIndex(ValueLayout.JAVA_SHORT, 31)).isEqualTo((short) 9);
            assertThatThrownBy(() -> sparse.room(32, 64, CuSparseLt.Type.BF16)).isInstanceOf(DeviceException.class)
                    .hasMessage("cusparseLtStructuredDescriptorInit failed with status 3: leave cuSPARSELt out");
        }
    }
}
