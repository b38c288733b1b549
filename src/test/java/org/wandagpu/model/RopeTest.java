package org.wandagpu.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cosines and sines far from the start, where fp32 angles matter. */
class RopeTest {

    private static final int POSITION = 4000;
    private static final int HEAD_DIM = 64;

    private static JsonNode published() throws IOException {
        return new ObjectMapper().readTree(Path.of("src/test/resources/families/published-rope.json").toFile());
    }

    static List<String> kinds() throws IOException {
        return published().propertyStream().map(Map.Entry::getKey).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void tablesAtPosition4000AreThoseOfThePublishedCode(String kind) throws IOException {
        JsonNode expected = published().get(kind);
        Config config = new Config("config.json", expected.get("config"));
        Rope rope = new RopeReader(config, config.size("max_position_embeddings")).wholeHeads(HEAD_DIM);
        float[][] tables = rope.tables(POSITION + 1);
        float[] inverse = rope.inverseFrequencies(POSITION + 1);
        int half = HEAD_DIM / 2;
        for (int i = 0; i < half; i++) {
            // The published power may round the other way: one ulp of the frequency times the position, 2 ulp of cos.
            double bound = POSITION * Math.ulp(inverse[i]) + 2 * Math.ulp(1f);
            assertThat(Math.abs(tables[0][POSITION * half + i] - expected.get("cos").get(i).asDouble()))
                    .as("cos of pair %d", i).isLessThanOrEqualTo(bound);
            assertThat(Math.abs(tables[1][POSITION * half + i] - expected.get("sin").get(i).asDouble()))
                    .as("sin of pair %d", i).isLessThanOrEqualTo(bound);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 2048})
    void dynamicScalingLeavesTheTrainedLengthAlone(int length) {
        Rope dynamic = new Rope(HEAD_DIM, 10000, new Rope.Dynamic(2, 2048));
        Rope plain = new Rope(HEAD_DIM, 10000, new Rope.Plain());
        assertThat(dynamic.inverseFrequencies(length)).isEqualTo(plain.inverseFrequencies(length));
        assertThat(dynamic.inverseFrequencies(2049)).isNotEqualTo(plain.inverseFrequencies(2049));
    }
}
