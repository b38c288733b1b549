package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.WandaException;

/** PTX that is damaged is refused in a line, whatever is missing; it never ends in an error of ours. */
class MalformedPtxTest {

    private static final int MUTANTS = 60;
    private static final String CHARACTERS = "{}[];,.%$@x0-";

    @ParameterizedTest
    @ValueSource(strings = {"src/test/resources/ptx/reductions.ptx", "src/test/resources/ptx/progress.ptx",
        "kernels/compress_24.ptx", "kernels/input_norms.ptx"})
    void damageIsRefusedInALine(String file) throws IOException {
        String sound = Files.readString(Path.of(file));
        int refused = 0;
        for (int seed = 0; seed < MUTANTS; seed++) {
            refused += isRefused(mutant(sound, new Random(seed))) ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(MUTANTS / 10);
    }

    private static boolean isRefused(String ptx) {
        SimulatedGpu gpu = new SimulatedGpu(Schedule.NATURAL.withWarpInstructions(10_000));
        try {
            PtxModule module = gpu.load("mutant.ptx", ptx);
            for (String kernel : module.kernels()) {
                gpu.launch(module, kernel, 1, 1, 1, 32, 1, 1, 1024, new byte[64]);
            }
            return false;
        } catch (WandaException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
            return true;
        }
    }

    private static String mutant(String sound, Random random) {
        StringBuilder text = new StringBuilder(sound);
        int at = random.nextInt(sound.length());
        switch (random.nextInt(4)) {
            case 0 -> text.setLength(at);
            case 1 -> text.deleteCharAt(at);
            case 2 -> text.setCharAt(at, CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            default -> text.delete(at, Math.min(text.length(), at + 60));
        }
        return text.toString();
    }
}
