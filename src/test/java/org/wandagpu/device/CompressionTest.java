package org.wandagpu.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.SelectionCases;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/** 2:4 storage and bitmaps, the same bytes on every device: PyTorch's, and those of plain loops. */
class CompressionTest {

    private static Device open(String kind) {
        return Devices.open(kind, 2, note -> { });
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "sim"})
    void bytesArePyTorchs(String kind) throws IOException {
        JsonNode root = new ObjectMapper().readTree(Path.of("src/test/resources/golden/sparse24.json").toFile());
        try (Device device = open(kind)) {
            for (JsonNode one : root.get("cases")) {
                int rows = one.get("rows").asInt();
                int columns = one.get("columns").asInt();
                OracleWeights dense = new OracleWeights(DType.F16, rows, columns, halfBits(one.get("dense")));
                int[] kept = halfBits(one.get("compressed"));
                compare(device, dense, MetadataOrder.ROW_MAJOR, kept, shorts(one.get("metadata_row_major")));
                compare(device, dense, MetadataOrder.REORDERED, kept, shorts(one.get("metadata_reordered")));
            }
        }
    }

    private static void compare(Device device, OracleWeights dense, MetadataOrder order, int[] kept, short[] positions) {
        try (Tensor w = dense.on(device); Tensor values = device.allocate(DType.F16, dense.rows(), dense.columns() / 2)) {
            short[] metadata = new short[positions.length];
            device.ops().compress24(w, null, order, values, MemorySegment.ofArray(metadata));
            assertThat(OracleWeights.bitsOf(values)).isEqualTo(kept);
            assertThat(metadata).isEqualTo(positions);
            w.copyFrom(MemorySegment.ofArray(new byte[(int) w.byteSize()]));
            device.ops().decompress24(values, MemorySegment.ofArray(metadata), order, w);
            assertThat(OracleWeights.bitsOf(w)).isEqualTo(dense.bits());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "sim"})
    void selectionAndCompressionInOneKeepWhatSelectionKeeps(String kind) {
        try (Device device = open(kind)) {
            for (OracleWeights.Kind values : OracleWeights.Kind.values()) {
                for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
                    keepsWhatSelectionKeeps(device, OracleWeights.random(values, dtype, 32, 96, 5), values);
                }
            }
        }
    }

    private static void keepsWhatSelectionKeeps(Device device, OracleWeights dense, OracleWeights.Kind kind) {
        Ops ops = device.ops();
        float[][] statistic = {SelectionCases.statistic(dense.columns(), 7)};
        byte[] metadata = new byte[(int) MetadataOrder.bytes(dense.rows(), dense.columns())];
        try (Tensor w = dense.on(device); Tensor s = OracleWeights.of(DType.F32, statistic).on(device);
                Tensor values = device.allocate(dense.dtype(), dense.rows(), dense.columns() / 2);
                Tensor back = device.allocate(dense.dtype(), dense.rows(), dense.columns())) {
            ops.compress24(w, s, MetadataOrder.REORDERED, values, MemorySegment.ofArray(metadata));
            assertThat(OracleWeights.bitsOf(w)).as("w is not changed").isEqualTo(dense.bits());
            ops.decompress24(values, MemorySegment.ofArray(metadata), MetadataOrder.REORDERED, back);
            ops.zeroSmallestInGroups(w, s, new NmPattern(2, 4));
            assertThat(plusZeros(back)).as("%s %s", dense.dtype(), kind).isEqualTo(plusZeros(w));
        }
    }

    /** A kept −0 may come back as +0: its group's positions are PyTorch's choice, which counts it as a zero. */
    private static int[] plusZeros(Tensor w) {
        int[] bits = OracleWeights.bitsOf(w);
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (bits[i] & 0x7fff) == 0 ? 0 : bits[i] & 0xffff;
        }
        return bits;
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "sim"})
    void whatIsLeftIsABitEachAndWhatIsNotIsCounted(String kind) {
        try (Device device = open(kind)) {
            for (DType dtype : SelectionCases.DTYPES) {
                for (int columns : new int[] {1, 31, 32, 33, 1025}) {
                    bitmapOf(device, OracleWeights.random(OracleWeights.Kind.SPARSE, dtype, 67, columns, columns));
                }
            }
        }
    }

    private static void bitmapOf(Device device, OracleWeights weights) {
        int words = Math.ceilDiv(weights.columns(), 32);
        int[] expected = new int[weights.rows() * words];
        int zeros = 0;
        int sign = 1 << weights.dtype().bits() - 1;
        for (int i = 0; i < weights.bits().length; i++) {
            boolean left = (weights.bits()[i] & ~sign & 0xffff_ffffL >>> 32 - weights.dtype().bits()) != 0;
            expected[i / weights.columns() * words + i % weights.columns() / 32] |=
                    left ? 1 << i % weights.columns() % 32 : 0;
            zeros += left ? 0 : 1;
        }
        int[] bitmap = new int[expected.length];
        try (Tensor w = weights.on(device)) {
            device.ops().maskBitmap(w, MemorySegment.ofArray(bitmap));
            assertThat(bitmap).isEqualTo(expected);
            assertThat(device.ops().countZeros(w)).isEqualTo(zeros);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "sim"})
    void shapesWithoutThatFormAreRefused(String kind) {
        try (Device device = open(kind); Tensor w = device.allocate(DType.F16, 16, 32);
                Tensor values = device.allocate(DType.F16, 16, 16)) {
            MemorySegment metadata = MemorySegment.ofArray(new byte[64]);
            assertThatThrownBy(() -> device.ops().compress24(w, null, MetadataOrder.REORDERED, values, metadata))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no 2:4 form: w=F16[16, 32], values=F16[16, 16], REORDERED");
        }
    }

    private static int[] halfBits(JsonNode numbers) {
        int[] bits = new int[numbers.size()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToFloat16((float) numbers.get(i).asDouble()) & 0xffff;
        }
        return bits;
    }

    private static short[] shorts(JsonNode numbers) {
        short[] values = new short[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (short) numbers.get(i).asInt();
        }
        return values;
    }
}
