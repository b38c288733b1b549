package org.wandagpu.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.device.Devices;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** The edge cases of selection.json, held by the published code: ties, zeros, NaN, infinity, rounding, odd widths. */
class SelectionGoldenTest {

    private static final Map<String, PruningMethod> METHODS =
            Map.of("wanda", new Wanda(), "wanda-variant", new WandaVariant(), "magnitude", new Magnitude());
    private static final Map<String, DType> DTYPES =
            Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16);

    static Stream<Arguments> cases() throws IOException {
        JsonNode root = new ObjectMapper().readTree(Path.of("src/test/resources/golden/selection.json").toFile());
        List<JsonNode> cases = StreamSupport.stream(root.get("cases").spliterator(), false).toList();
        assertThat(cases).hasSize(72);
        return Stream.of("cpu", "sim").flatMap(device -> cases.stream()
                .map(one -> Arguments.of(device, one.get("name").asText(), one.get("what").asText(), one)));
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @MethodSource("cases")
    void theSameWeightsGoAsInThePublishedCode(String kind, String name, String what, JsonNode one) {
        OracleWeights dense = OracleWeights.of(DTYPES.get(one.get("dtype").asText()), matrix(one.get("weights")));
        PruningMethod method = METHODS.get(one.get("method").asText());
        SparsityTarget target = target(method, one);
        try (Device device = Devices.open(kind, 2, note -> { }); Tensor w = dense.on(device); Tensor s = statistic(device, one)) {
            if (one.get("pruned").isNull()) {
                assertThatThrownBy(() -> method.check(target, name, dense.columns()))
                        .isInstanceOf(BadInputException.class);
                assertThatThrownBy(() -> method.prune(device.ops(), w, s, target))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("do not fit: last group=");
                assertThat(OracleWeights.bitsOf(w)).isEqualTo(dense.bits());
            } else {
                method.prune(device.ops(), w, s, target);
                assertThat(OracleWeights.bitsOf(w)).isEqualTo(dense.withZeros(pruned(one, dense.columns())).bits());
            }
        }
    }

    private static SparsityTarget target(PruningMethod method, JsonNode one) {
        String pattern = one.get("pattern").asText();
        if (pattern.equals("unstructured")) {
            return new SparsityTarget.Unstructured(one.get("ratio").asDouble(), method.defaultGroup());
        }
        // The published code, and so the fixture, counts the zeroed weights of a group.
        String[] zeroedAndSize = pattern.split(":");
        int groupSize = Integer.parseInt(zeroedAndSize[1]);
        return new SparsityTarget.SemiStructured(
                new NmPattern(groupSize - Integer.parseInt(zeroedAndSize[0]), groupSize));
    }

    private static Tensor statistic(Device device, JsonNode one) {
        if (!one.has("scaler_row")) {
            return null;
        }
        return OracleWeights.of(DType.F32, new float[][] {row(one.get("scaler_row"))}).on(device);
    }

    private static float[][] matrix(JsonNode rows) {
        List<float[]> matrix = new ArrayList<>();
        rows.forEach(row -> matrix.add(row(row)));
        return matrix.toArray(float[][]::new);
    }

    private static float[] row(JsonNode numbers) {
        float[] row = new float[numbers.size()];
        for (int i = 0; i < row.length; i++) {
            JsonNode number = numbers.get(i);
            row[i] = (float) (number.isTextual() ? Double.parseDouble(number.asText()) : number.asDouble());
        }
        return row;
    }

    private static boolean[] pruned(JsonNode one, int columns) {
        boolean[] pruned = new boolean[one.get("pruned").size() * columns];
        for (int row = 0; row < one.get("pruned").size(); row++) {
            for (JsonNode column : one.get("pruned").get(row)) {
                pruned[row * columns + column.asInt()] = true;
            }
        }
        return pruned;
    }
}
