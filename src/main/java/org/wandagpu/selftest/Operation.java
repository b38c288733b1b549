package org.wandagpu.selftest;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/**
 * A pruning operation whose results must be the same bytes on every device.
 *
 * @param fits which matrices it takes
 * @param body gives all that it writes
 */
record Operation(String name, Shapes fits, Body body) {

    /** Whether an operation takes such a matrix. */
    interface Shapes {
        boolean test(DType dtype, int rows, int columns);
    }

    /** Runs it on weights, which it may change, and a statistic. */
    interface Body {
        byte[] run(Device device, Tensor w, Tensor s);
    }

    /** An operation that changes the weights in place. */
    private interface InPlace {
        void run(Ops ops, Tensor w, Tensor s);
    }

    static List<Operation> all() {
        return List.of(
                new Operation("scores", (dtype, rows, columns) -> true, Operation::scores),
                inPlace("rows, 50 %", (ops, w, s) -> ops.zeroSmallestInRows(w, s, (int) w.columns() / 2)),
                inPlace("rows, 90 %", (ops, w, s) -> ops.zeroSmallestInRows(w, s, (int) (w.columns() * 9 / 10))),
                inPlace("layer, 50 %", (ops, w, s) -> ops.zeroSmallestInLayer(w, s, w.rows() * w.columns() / 2)),
                inPlace("magnitude, 50 %", (ops, w, s) -> ops.zeroUpToRank(w, w.rows() * w.columns() / 2)),
                groups(new NmPattern(2, 4)), groups(new NmPattern(4, 8)), groups(new NmPattern(3, 7)),
                new Operation("variant, 50 %", (dtype, rows, columns) -> true, Operation::variant),
                compression(MetadataOrder.ROW_MAJOR), compression(MetadataOrder.REORDERED),
                new Operation("bitmap of the mask", (dtype, rows, columns) -> true, Operation::bitmap),
                new Operation("zeros", (dtype, rows, columns) -> true,
                        (device, w, s) -> Values.bytesOf(device.ops().countZeros(w))));
    }

    private static Operation inPlace(String name, InPlace body) {
        return inPlace(name, (dtype, rows, columns) -> true, body);
    }

    private static Operation inPlace(String name, Shapes fits, InPlace body) {
        return new Operation(name, fits, (device, w, s) -> {
            body.run(device.ops(), w, s);
            return Values.bytesOf(w);
        });
    }

    private static Operation groups(NmPattern pattern) {
        return inPlace("groups, " + pattern, (dtype, rows, columns) -> columns % pattern.groupSize() == 0
                || columns % pattern.groupSize() >= pattern.zeroedPerGroup(),
                (ops, w, s) -> ops.zeroSmallestInGroups(w, s, pattern));
    }

    private static byte[] scores(Device device, Tensor w, Tensor s) {
        try (Tensor scores = device.allocate(DType.F32, w.rows(), w.columns())) {
            device.ops().scores(w, s, scores);
            return Values.bytesOf(scores);
        }
    }

    private static byte[] variant(Device device, Tensor w, Tensor s) {
        byte[] alpha = Values.bytesOf(device.ops().zeroByScoreShare(w, s, 0.5));
        return joined(alpha, Values.bytesOf(w));
    }

    /** Values, metadata, and the matrix that they give back. */
    private static Operation compression(MetadataOrder order) {
        return new Operation("2:4 compression, " + order.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                (dtype, rows, columns) -> dtype != DType.F32 && order.fits(rows, columns), (device, w, s) -> {
                    byte[] metadata = new byte[Math.toIntExact(MetadataOrder.bytes(w.rows(), w.columns()))];
                    try (Tensor values = device.allocate(w.dtype(), w.rows(), w.columns() / 2)) {
                        device.ops().compress24(w, s, order, values, MemorySegment.ofArray(metadata));
                        device.ops().decompress24(values, MemorySegment.ofArray(metadata), order, w);
                        return joined(Values.bytesOf(values), metadata, Values.bytesOf(w));
                    }
                });
    }

    private static byte[] bitmap(Device device, Tensor w, Tensor s) {
        int[] words = new int[Math.toIntExact(w.rows() * Math.ceilDiv(w.columns(), Integer.SIZE))];
        device.ops().maskBitmap(w, MemorySegment.ofArray(words));
        return MemorySegment.ofArray(words).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
