package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wandagpu.compute.Activation;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Checks;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.ShareSearch;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/**
 * Statistics, selection and zeroing by the CUDA kernels, each operation with its own copies to and from the device; the
 * decoder block and evaluation by the host's operations. Tensors are the host's.
 */
final class PruningOps implements Ops {

    private final Ops host;
    private final KernelRuntime runtime;

    PruningOps(Ops host, KernelRuntime runtime) {
        this.host = host;
        this.runtime = runtime;
    }

    @Override
    public void foldColumnSquares(Tensor x, int seqlen, int sequencesBefore, Tensor s) {
        Checks.fold(x, seqlen, s);
        try (Scratch scratch = new Scratch(runtime)) {
            DeviceMatrix activations = scratch.matrixOf(x);
            long statistic = scratch.copyOf(s);
            int sequences = activations.rows() / seqlen;
            long partial = scratch.take(ColumnSquaresFold.scratchBytes(sequences, seqlen, activations.columns()));
            new ColumnSquaresFold(runtime).fold(activations, seqlen, sequencesBefore, statistic, partial);
            scratch.copyBack(statistic, s);
        }
    }

    @Override
    public void scores(Tensor w, Tensor s, Tensor out) {
        Checks.scores(w, s);
        Checks.matrix(out, w.rows(), w.columns(), "out");
        try (Scratch scratch = new Scratch(runtime)) {
            DeviceMatrix matrix = scratch.matrixOf(w);
            long scores = scratch.take(out.byteSize());
            new ScoreMultiply(runtime).multiply(matrix, norms(s, matrix, scratch), scores);
            scratch.copyBack(scores, out);
        }
    }

    @Override
    public void zeroSmallestInRows(Tensor w, Tensor s, int zeroedPerRow) {
        Checks.selectionInRows(w, s, zeroedPerRow);
        onDevice(w, s, (matrix, norms, scratch) ->
                new RowSelect(runtime).zeroSmallest(matrix, norms, zeroedPerRow));
    }

    @Override
    public void zeroSmallestInLayer(Tensor w, Tensor s, long zeroed) {
        Checks.selectionInLayer(w, s, zeroed);
        if (zeroed > 0) {
            zeroUpTo(w, s, zeroed - 1, false);
        }
    }

    @Override
    public void zeroUpToRank(Tensor w, long rank) {
        Checks.rank(w, rank);
        if (rank < w.rows() * w.columns()) {
            zeroUpTo(w, null, rank, true);
        } else {
            host.zeroUpToRank(w, rank);
        }
    }

    private void zeroUpTo(Tensor w, Tensor s, long rank, boolean equalOnesToo) {
        onDevice(w, s, (matrix, norms, scratch) -> {
            long memory = scratch.take(LayerSelect.scratchBytes(matrix.rows()));
            MemorySegment state = MemorySegment.ofArray(LayerSelect.state(rank));
            runtime.copyIn(memory, state.byteSize(), target -> target.copyFrom(state));
            new LayerSelect(runtime).zeroUpTo(matrix, norms, memory, equalOnesToo);
        });
    }

    @Override
    public void zeroSmallestInGroups(Tensor w, Tensor s, NmPattern pattern) {
        Checks.selectionInGroups(w, s, pattern);
        if (pattern.groupSize() > GroupSelect.widestGroup()) {
            throw new DeviceException("pattern " + pattern + ": the device's kernel takes groups of at most "
                    + GroupSelect.widestGroup() + " weights; use --device cpu");
        }
        onDevice(w, s, (matrix, norms, scratch) ->
                new GroupSelect(runtime).zeroSmallest(matrix, norms, pattern));
    }

    @Override
    public double zeroByScoreShare(Tensor w, Tensor s, double sparsity) {
        Checks.scores(w, s);
        double[] alpha = new double[1];
        onDevice(w, s, (matrix, norms, scratch) -> {
            ShareSelect shares = new ShareSelect(runtime, matrix, norms, scratch.take(ShareSelect.scratchBytes(matrix)),
                    scratch.take(ShareSelect.scratchBytes(matrix)));
            long count = scratch.take(Long.BYTES);
            shares.sort();
            alpha[0] = ShareSearch.alpha(tried -> {
                shares.count(tried, count);
                long[] masked = new long[1];
                runtime.copyOut(count, Long.BYTES, found -> masked[0] = found.get(ValueLayout.JAVA_LONG, 0));
                return (float) masked[0] / (w.rows() * w.columns());
            }, (float) sparsity);
            shares.zero((float) alpha[0]);
        });
        return alpha[0];
    }

    @Override
    public void compress24(Tensor w, Tensor s, MetadataOrder order, Tensor values, MemorySegment metadata) {
        Checks.scores(w, s);
        Checks.compression(w, values, metadata, order);
        try (Scratch scratch = new Scratch(runtime)) {
            DeviceMatrix matrix = scratch.matrixOf(w);
            long kept = scratch.take(values.byteSize());
            long positions = scratch.take(metadata.byteSize());
            new Compression24(runtime).select(matrix, norms(s, matrix, scratch), kept, positions, order);
            scratch.copyBack(kept, values);
            runtime.copyOut(positions, metadata.byteSize(), metadata::copyFrom);
        }
    }

    @Override
    public void decompress24(Tensor values, MemorySegment metadata, MetadataOrder order, Tensor w) {
        Checks.compression(w, values, metadata, order);
        try (Scratch scratch = new Scratch(runtime)) {
            long kept = scratch.copyOf(values);
            long positions = scratch.take(metadata.byteSize());
            runtime.copyIn(positions, metadata.byteSize(), target -> target.copyFrom(metadata));
            DeviceMatrix matrix = new DeviceMatrix(scratch.take(w.byteSize()), w.dtype(), (int) w.rows(),
                    (int) w.columns());
            new Compression24(runtime).unpack(kept, positions, order, matrix);
            scratch.copyBack(matrix.address(), w);
        }
    }

    @Override
    public long countZeros(Tensor w) {
        long[] zeros = new long[1];
        try (Scratch scratch = new Scratch(runtime)) {
            DeviceMatrix matrix = scratch.matrixOf(w);
            long bytes = (long) MaskBitmap.tiles(matrix) * Integer.BYTES;
            long counts = scratch.take(bytes);
            new MaskBitmap(runtime).countZeros(matrix, counts);
            runtime.copyOut(counts, bytes, found -> {
                for (int count : found.toArray(ValueLayout.JAVA_INT)) {
                    zeros[0] += count;
                }
            });
        }
        return zeros[0];
    }

    @Override
    public void maskBitmap(Tensor w, MemorySegment bitmap) {
        Checks.bitmap(w, bitmap);
        try (Scratch scratch = new Scratch(runtime)) {
            DeviceMatrix matrix = scratch.matrixOf(w);
            long bits = scratch.take(bitmap.byteSize());
            new MaskBitmap(runtime).write(matrix, bits);
            runtime.copyOut(bits, bitmap.byteSize(), bitmap::copyFrom);
        }
    }

    /** What selects and zeroes in a copy of the weights. */
    private interface Selection {
        void run(DeviceMatrix w, long norms, Scratch scratch);
    }

    private void onDevice(Tensor w, Tensor s, Selection selection) {
        try (Scratch scratch = new Scratch(runtime)) {
            DeviceMatrix matrix = scratch.matrixOf(w);
            selection.run(matrix, norms(s, matrix, scratch), scratch);
            scratch.copyBack(matrix.address(), w);
        }
    }

    private long norms(Tensor s, DeviceMatrix matrix, Scratch scratch) {
        long norms = scratch.take((long) Float.BYTES * matrix.columns());
        new InputNorms(runtime).compute(scratch.copyOf(s), norms, matrix.columns());
        return norms;
    }

    // ---- on the host --------------------------------------------------------------------------------------------

    @Override
    public void embed(Tensor table, int[] ids, Tensor out) {
        host.embed(table, ids, out);
    }

    @Override
    public void addPositions(Tensor table, int first, int seqlen, Tensor x) {
        host.addPositions(table, first, seqlen, x);
    }

    @Override
    public void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
        host.linear(x, w, bias, out);
    }

    @Override
    public void linearAdd(Tensor x, Tensor w, Tensor bias, Tensor out) {
        host.linearAdd(x, w, bias, out);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        host.rmsNorm(x, weight, epsilon, out);
    }

    @Override
    public void layerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor out) {
        host.layerNorm(x, weight, bias, epsilon, out);
    }

    @Override
    public void rmsNormHeads(Heads x, Tensor weight, float epsilon) {
        host.rmsNormHeads(x, weight, epsilon);
    }

    @Override
    public void rope(Heads x, Tensor cos, Tensor sin, int first, int seqlen) {
        host.rope(x, cos, sin, first, seqlen);
    }

    @Override
    public void attention(Heads q, Heads k, Heads v, AttentionMask mask, float scale, int queryLength, int keyLength,
            Tensor out) {
        host.attention(q, k, v, mask, scale, queryLength, keyLength, out);
    }

    @Override
    public void copyHeads(Heads source, Heads target) {
        host.copyHeads(source, target);
    }

    @Override
    public void activate(Activation f, Tensor x) {
        host.activate(f, x);
    }

    @Override
    public void activateGated(Activation f, Tensor gate, Tensor up) {
        host.activateGated(f, gate, up);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        host.copy(x, y);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        host.add(x, y);
    }

    @Override
    public void crossEntropy(Tensor x, Tensor head, Tensor bias, int[] targets, float[] losses) {
        host.crossEntropy(x, head, bias, targets, losses);
    }

    @Override
    public boolean allFinite(Tensor x) {
        return host.allFinite(x);
    }
}
