package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.cpu.SelectionCases;
import org.wandagpu.oracle.OracleSelection;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.MetadataOrder;

/** 2:4 compression as it ships, run in the simulator, beside PyTorch's own conversion. */
class Compression24Test {

    private final Simulation simulation = new Simulation();
    private final Compression24 kernels = new Compression24(simulation);

    static Stream<Arguments> pytorch() throws IOException {
        JsonNode root = new ObjectMapper().readTree(Path.of("src/test/resources/golden/sparse24.json").toFile());
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode one : root.get("cases")) {
            for (MetadataOrder order : MetadataOrder.values()) {
                cases.add(Arguments.of(one.get("rows").asInt(), one.get("columns").asInt(), order, one));
            }
        }
        assertThat(cases).hasSizeGreaterThan(2);
        return cases.stream();
    }

    @ParameterizedTest(name = "[{0}, {1}] {2}")
    @MethodSource("pytorch")
    void packedBytesArePyTorchs(int rows, int columns, MetadataOrder order, JsonNode one) {
        byte[] dense = halves(one.get("dense"));
        DeviceMatrix w = new DeviceMatrix(simulation.upload(dense), DType.F16, rows, columns);
        long values = simulation.gpu.allocate((long) rows * columns);
        long metadata = simulation.gpu.allocate(MetadataOrder.bytes(rows, columns));
        long overfull = simulation.gpu.allocate(4);
        kernels.pack(w, values, metadata, order, overfull);

        assertThat(simulation.download(overfull, 4)).containsOnly(0);
        assertThat(simulation.download(values, rows * columns)).isEqualTo(halves(one.get("compressed")));
        String expected = order == MetadataOrder.REORDERED ? "metadata_reordered" : "metadata_row_major";
        assertThat(simulation.download(metadata, rows * columns / 8)).isEqualTo(shorts(one.get(expected)));

        DeviceMatrix back = new DeviceMatrix(simulation.gpu.allocate(dense.length), DType.F16, rows, columns);
        kernels.unpack(values, metadata, order, back);
        assertThat(simulation.download(back.address(), dense.length)).isEqualTo(dense);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(OracleWeights.Kind.values())
                .flatMap(kind -> Stream.of(DType.F16, DType.BF16).map(dtype -> Arguments.of(kind, dtype)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kinds")
    void selectionAndCompressionInOneGiveWhatTheyGiveOneAfterTheOther(OracleWeights.Kind kind, DType dtype) {
        int rows = 32;
        int columns = 544;
        OracleWeights dense = OracleWeights.random(kind, dtype, rows, columns, 11 + kind.ordinal());
        float[] s = SelectionCases.statistic(columns, 5);
        OracleWeights pruned = dense.withZeros(new OracleSelection(dense, s).smallestInGroups(4, 2));
        long norms = simulation.gpu.allocate(4L * columns);
        new InputNorms(simulation).compute(simulation.upload(DeviceBytes.of(s)), norms, columns);
        for (MetadataOrder order : MetadataOrder.values()) {
            long values = simulation.gpu.allocate((long) rows * columns);
            long metadata = simulation.gpu.allocate(MetadataOrder.bytes(rows, columns));
            kernels.select(new DeviceMatrix(simulation.upload(DeviceBytes.of(dense)), dtype, rows, columns), norms,
                    values, metadata, order);
            DeviceMatrix back = new DeviceMatrix(simulation.gpu.allocate(2L * rows * columns), dtype, rows, columns);
            kernels.unpack(values, metadata, order, back);
            byte[] actual = withPlusZeros(simulation.download(back.address(), 2 * rows * columns));
            assertThat(Arrays.mismatch(actual, withPlusZeros(DeviceBytes.of(pruned)))).as(order.toString()).isEqualTo(-1);
        }
    }

    @Test
    void groupsOfMoreThanTwoNonZerosAreCounted() {
        byte[] ones = new byte[2 * 2 * 16];
        for (int i = 0; i < 16; i++) {
            ones[2 * i + 1] = 0x3c;
        }
        DeviceMatrix w = new DeviceMatrix(simulation.upload(ones), DType.F16, 2, 16);
        long overfull = simulation.gpu.allocate(4);
        kernels.pack(w, simulation.gpu.allocate(32), simulation.gpu.allocate(4), MetadataOrder.ROW_MAJOR, overfull);
        assertThat(simulation.download(overfull, 4)).containsExactly(4, 0, 0, 0);
    }

    @Test
    void shapesWithoutThatFormAreRefused() {
        DeviceMatrix w = new DeviceMatrix(256, DType.F16, 16, 32);
        assertThatThrownBy(() -> kernels.pack(w, 0, 0, MetadataOrder.REORDERED, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rows=16");
    }

    /** A kept −0 may come back as +0: its group's positions are PyTorch's choice, which counts it as a zero. */
    private static byte[] withPlusZeros(byte[] halves) {
        for (int i = 0; i < halves.length; i += 2) {
            if (halves[i] == 0 && halves[i + 1] == (byte) 0x80) {
                halves[i + 1] = 0;
            }
        }
        return halves;
    }

    private static byte[] halves(JsonNode numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
        numbers.forEach(number -> bytes.putShort(Float.floatToFloat16((float) number.asDouble())));
        return bytes.array();
    }

    private static byte[] shorts(JsonNode numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
        numbers.forEach(number -> bytes.putShort((short) number.asInt()));
        return bytes.array();
    }
}
