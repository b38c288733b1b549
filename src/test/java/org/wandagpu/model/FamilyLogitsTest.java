package org.wandagpu.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.made.FamilyCases;
import org.wandagpu.made.FamilyCases.FamilyCase;
import org.wandagpu.made.MadeModel;
import org.wandagpu.made.WriteCases;
import org.wandagpu.oracle.OracleTransformer;

/** The forward pass of every family and variant: against the oracle in double, and against the published code. */
class FamilyLogitsTest {

    private static final int STORED = 16;
    private static JsonNode published;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readPublishedLogits() throws IOException {
        published = new ObjectMapper().readTree(Path.of("src/test/resources/families/published-logits.json").toFile())
                .get("cases");
    }

    static List<FamilyCase> cases() {
        return FamilyCases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void logitsAreThoseOfTheOracleAndOfThePublishedCode(FamilyCase variant) {
        variant.checkpoint().write(folder);
        DecoderModel model = MadeModel.open(folder);
        int[] ids = Forward.ids(variant.tokens(), model.spec().vocabSize());
        double[][] expected = new OracleTransformer(folder).logits(ids);
        float[] actual;
        try (Device device = new CpuDevice(2)) {
            actual = Forward.logits(device, model, ids);
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
        }
        double bound = Forward.tolerance(model.spec(), ids.length, expected);
        int vocabulary = model.spec().vocabSize();
        for (int t = 0; t < ids.length; t++) {
            for (int v = 0; v < vocabulary; v++) {
                requireClose(actual[t * vocabulary + v], expected[t][v], bound, "the oracle's", t, v);
            }
        }
        JsonNode stored = published.path(variant.name());
        assertThat(WriteCases.digest(folder))
                .as("made checkpoint; if it was changed on purpose, run published_logits.py")
                .isEqualTo(stored.path("digest").asText());
        int last = ids.length - 1;
        for (int v = 0; v < STORED; v++) {
            requireClose(actual[last * vocabulary + v], stored.get("logits").get(v).asDouble(), bound,
                    "the published", last, v);
        }
    }

    private static void requireClose(double actual, double expected, double bound, String whose, int token, int entry) {
        assertThat(Math.abs(actual - expected) <= bound)
                .as("token %d, vocabulary entry %d: %s instead of %s %s, tolerance %s", token, entry, actual, whose,
                        expected, bound)
                .isTrue();
    }
}
