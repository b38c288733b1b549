package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.wandagpu.compute.Activation;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Checks;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.ShareSearch;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/**
 * All operations by the CUDA kernels, one after the other in one stream; a method returns before its work is done,
 * unless it gives something to the host.
 */
final class CudaOps implements Ops, AutoCloseable {

    /** Words of the vocabulary whose logits stand in memory at once: a product of this width fills a GPU. */
    private static final int LOGITS_AT_ONCE = 4096;

    private final KernelRuntime runtime;
    private final Scratch scratch;
    private final AlibiSlopes slopes;
    private final Gemm gemm;

    CudaOps(KernelRuntime runtime) {
        this.runtime = runtime;
        this.scratch = new Scratch(runtime);
        this.slopes = new AlibiSlopes(runtime);
        this.gemm = new Gemm(runtime);
    }

    private static CudaTensor cuda(Tensor tensor) {
        return (CudaTensor) tensor;
    }

    private static DeviceMatrix matrix(Tensor tensor) {
        return cuda(tensor).matrix();
    }

    private static DeviceHeads heads(Heads heads) {
        return new DeviceHeads(matrix(heads.tensor()), heads.offset(), heads.headStride(), heads.count(),
                heads.headDim());
    }

    /** Device address, 0 for null. */
    private static long address(Tensor tensor) {
        return tensor == null ? 0 : cuda(tensor).address();
    }

    /** The type of activations, which is one of two. */
    private static DType halfType(Tensor activations) {
        DType type = activations.dtype();
        if (type != DType.F16 && type != DType.BF16) {
            throw new IllegalArgumentException("activations must be F16 or BF16: " + activations);
        }
        return type;
    }

    /** Scratch memory with these numbers. */
    private long upload(int[] numbers) {
        return upload(MemorySegment.ofArray(numbers));
    }

    private long upload(MemorySegment bytes) {
        long address = scratch.take(bytes.byteSize());
        runtime.copyIn(address, bytes);
        return address;
    }

    // ---- decoder block ------------------------------------------------------------------------------------------

    @Override
    public void embed(Tensor table, int[] ids, Tensor out) {
        Checks.embedding(halfType(out), table, ids, out);
        scratch.begin();
        new Embedding(runtime).gather(matrix(table), upload(ids), matrix(out));
    }

    @Override
    public void addPositions(Tensor table, int first, int seqlen, Tensor x) {
        Checks.positions(halfType(x), table, first, seqlen, x);
        new Embedding(runtime).addPositions(matrix(table), first, seqlen, matrix(x));
    }

    @Override
    public void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
        multiply(x, w, bias, out, false);
    }

    @Override
    public void linearAdd(Tensor x, Tensor w, Tensor bias, Tensor out) {
        multiply(x, w, bias, out, true);
    }

    private void multiply(Tensor x, Tensor w, Tensor bias, Tensor out, boolean addToOut) {
        DType type = halfType(x);
        Checks.linear(type, x, w, bias, out);
        if (out.dtype() != DType.F32) { // as logits are
            Checks.activations(type, out, "out");
        }
        scratch.begin();
        gemm.multiply(matrix(x), inType(w, type, conversionSpace(w, w.rows(), type)), address(bias), matrix(out),
                addToOut);
    }

    /** Scratch memory for weights in the type of the activations; 0 where they have it. */
    private long conversionSpace(Tensor w, long rows, DType type) {
        return w.dtype() == type ? 0 : scratch.take(rows * w.columns() * type.bytes());
    }

    /** Weights in the type of the activations. */
    private DeviceMatrix inType(Tensor w, DType type, long space) {
        DeviceMatrix stored = matrix(w);
        if (w.dtype() == type) {
            return stored;
        }
        DeviceMatrix converted = new DeviceMatrix(space, type, stored.rows(), stored.columns());
        new Pointwise(runtime).convert(stored, converted);
        return converted;
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        Checks.vector(weight, x.columns(), "weight");
        Checks.matrix(halfType(x), out, x.rows(), x.columns(), "out");
        new Norms(runtime).rms(matrix(x), address(weight), epsilon, matrix(out));
    }

    @Override
    public void layerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor out) {
        Checks.vector(weight, x.columns(), "weight");
        Checks.vector(bias, x.columns(), "bias");
        Checks.matrix(halfType(x), out, x.rows(), x.columns(), "out");
        new Norms(runtime).layer(matrix(x), address(weight), address(bias), epsilon, matrix(out));
    }

    @Override
    public void rmsNormHeads(Heads x, Tensor weight, float epsilon) {
        Checks.heads(halfType(x.tensor()), x, "x");
        Checks.vector(weight, x.headDim(), "weight");
        new HeadKernels(runtime).normalize(heads(x), address(weight), epsilon);
    }

    @Override
    public void rope(Heads x, Tensor cos, Tensor sin, int first, int seqlen) {
        Checks.rope(halfType(x.tensor()), x, cos, sin, first, seqlen);
        new HeadKernels(runtime).rotate(heads(x), matrix(cos), matrix(sin), first, seqlen);
    }

    @Override
    public void attention(Heads q, Heads k, Heads v, AttentionMask mask, float scale, int queryLength, int keyLength,
            Tensor out) {
        Checks.attention(halfType(out), q, k, v, mask, queryLength, keyLength, out);
        new Attention(runtime).attend(heads(q), heads(k), heads(v), mask.window(), slopes.address(mask.alibiSlopes()),
                scale, queryLength, keyLength, matrix(out));
    }

    @Override
    public void copyHeads(Heads source, Heads target) {
        Checks.copyHeads(halfType(target.tensor()), source, target);
        new HeadKernels(runtime).copy(heads(source), heads(target));
    }

    @Override
    public void activate(Activation f, Tensor x) {
        new Pointwise(runtime).activate(f, matrix(x));
    }

    @Override
    public void activateGated(Activation f, Tensor gate, Tensor up) {
        Checks.matrix(halfType(gate), up, gate.rows(), gate.columns(), "up");
        new Pointwise(runtime).activateGated(f, matrix(gate), matrix(up));
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        Checks.matrix(y.dtype(), x, y.rows(), y.columns(), "x");
        runtime.copy(address(x), address(y), x.byteSize());
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Checks.matrix(halfType(y), x, y.rows(), y.columns(), "x");
        new Pointwise(runtime).add(matrix(x), matrix(y));
    }

    // ---- evaluation ---------------------------------------------------------------------------------------------

    @Override
    public void crossEntropy(Tensor x, Tensor head, Tensor bias, int[] targets, float[] losses) {
        Checks.crossEntropy(halfType(x), x, head, bias, targets, losses);
        int tokens = targets.length;
        int vocabulary = Math.toIntExact(head.rows());
        scratch.begin();
        long ids = upload(targets);
        long state = scratch.take(CrossEntropyFold.stateBytes(tokens));
        long results = scratch.take((long) Float.BYTES * tokens);
        long logits = scratch.take((long) Float.BYTES * tokens * Math.min(vocabulary, LOGITS_AT_ONCE));
        long space = conversionSpace(head, Math.min(vocabulary, LOGITS_AT_ONCE), x.dtype());
        CrossEntropyFold fold = new CrossEntropyFold(runtime, tokens, ids, state);
        for (int first = 0; first < vocabulary; first += LOGITS_AT_ONCE) {
            int words = Math.min(LOGITS_AT_ONCE, vocabulary - first);
            DeviceMatrix chunk = new DeviceMatrix(logits, DType.F32, tokens, words);
            Tensor rows = head.rows(first, words);
            long chunkBias = bias == null ? 0 : address(bias) + (long) Float.BYTES * first;
            gemm.multiply(matrix(x), inType(rows, x.dtype(), space), chunkBias, chunk, false);
            fold.fold(chunk, first);
        }
        fold.finish(results);
        runtime.copyOut(results, MemorySegment.ofArray(losses));
    }

    @Override
    public boolean allFinite(Tensor x) {
        scratch.begin();
        long found = scratch.take(Integer.BYTES);
        runtime.clear(found, Integer.BYTES);
        new Pointwise(runtime).checkFinite(matrix(x), found);
        int[] notFinite = new int[1];
        runtime.copyOut(found, MemorySegment.ofArray(notFinite));
        return notFinite[0] == 0;
    }

    // ---- pruning ------------------------------------------------------------------------------------------------

    @Override
    public void foldColumnSquares(Tensor x, int seqlen, int sequencesBefore, Tensor s) {
        Checks.fold(x.dtype(), x, seqlen, s);
        scratch.begin();
        int sequences = Math.toIntExact(x.rows()) / seqlen;
        long partial = scratch.take(ColumnSquaresFold.scratchBytes(sequences, seqlen, Math.toIntExact(x.columns())));
        new ColumnSquaresFold(runtime).fold(matrix(x), seqlen, sequencesBefore, address(s), partial);
    }

    /** The factors of {@code w}'s scores, in scratch memory. */
    private long norms(Tensor s, Tensor w) {
        long norms = scratch.take(Float.BYTES * w.columns());
        new InputNorms(runtime).compute(address(s), norms, Math.toIntExact(w.columns()));
        return norms;
    }

    @Override
    public void scores(Tensor w, Tensor s, Tensor out) {
        Checks.scores(w, s);
        Checks.matrix(DType.F32, out, w.rows(), w.columns(), "out");
        scratch.begin();
        new ScoreMultiply(runtime).multiply(matrix(w), norms(s, w), address(out));
    }

    @Override
    public void zeroSmallestInRows(Tensor w, Tensor s, int zeroedPerRow) {
        Checks.selectionInRows(w, s, zeroedPerRow);
        scratch.begin();
        new RowSelect(runtime).zeroSmallest(matrix(w), norms(s, w), zeroedPerRow);
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
            runtime.clear(address(w), w.byteSize());
        }
    }

    private void zeroUpTo(Tensor w, Tensor s, long rank, boolean equalOnesToo) {
        scratch.begin();
        long norms = norms(s, w);
        long memory = scratch.take(LayerSelect.scratchBytes(Math.toIntExact(w.rows())));
        runtime.copyIn(memory, MemorySegment.ofArray(LayerSelect.state(rank)));
        new LayerSelect(runtime).zeroUpTo(matrix(w), norms, memory, equalOnesToo);
    }

    @Override
    public void zeroSmallestInGroups(Tensor w, Tensor s, NmPattern pattern) {
        Checks.selectionInGroups(w, s, pattern);
        if (pattern.groupSize() > GroupSelect.widestGroup()) {
            throw new DeviceException("pattern " + pattern + ": the device's kernel takes groups of at most "
                    + GroupSelect.widestGroup() + " weights; use --device cpu");
        }
        scratch.begin();
        new GroupSelect(runtime).zeroSmallest(matrix(w), norms(s, w), pattern);
    }

    @Override
    public double zeroByScoreShare(Tensor w, Tensor s, double sparsity) {
        Checks.scores(w, s);
        scratch.begin();
        DeviceMatrix weights = matrix(w);
        ShareSelect shares = new ShareSelect(runtime, weights, norms(s, w),
                scratch.take(ShareSelect.scratchBytes(weights)), scratch.take(ShareSelect.scratchBytes(weights)));
        long count = scratch.take(Long.BYTES);
        shares.sort();
        double alpha = ShareSearch.alpha(tried -> {
            shares.count(tried, count);
            long[] masked = new long[1];
            runtime.copyOut(count, MemorySegment.ofArray(masked));
            return (float) masked[0] / (w.rows() * w.columns());
        }, (float) sparsity);
        shares.zero((float) alpha);
        return alpha;
    }

    @Override
    public void compress24(Tensor w, Tensor s, MetadataOrder order, Tensor values, MemorySegment metadata) {
        Checks.scores(w, s);
        Checks.compression(w, values, metadata, order);
        scratch.begin();
        long positions = scratch.take(metadata.byteSize());
        new Compression24(runtime).select(matrix(w), norms(s, w), address(values), positions, order);
        runtime.copyOut(positions, metadata);
    }

    @Override
    public void decompress24(Tensor values, MemorySegment metadata, MetadataOrder order, Tensor w) {
        Checks.compression(w, values, metadata, order);
        scratch.begin();
        new Compression24(runtime).unpack(address(values), upload(metadata), order, matrix(w));
    }

    @Override
    public long countZeros(Tensor w) {
        scratch.begin();
        int[] zerosOfTiles = new int[MaskBitmap.tiles(matrix(w))];
        long counts = scratch.take((long) zerosOfTiles.length * Integer.BYTES);
        new MaskBitmap(runtime).countZeros(matrix(w), counts);
        runtime.copyOut(counts, MemorySegment.ofArray(zerosOfTiles));
        return Arrays.stream(zerosOfTiles).asLongStream().sum();
    }

    @Override
    public void maskBitmap(Tensor w, MemorySegment bitmap) {
        Checks.bitmap(w, bitmap);
        scratch.begin();
        long bits = scratch.take(bitmap.byteSize());
        new MaskBitmap(runtime).write(matrix(w), bits);
        runtime.copyOut(bits, bitmap);
    }

    @Override
    public void close() {
        try (slopes) {
            scratch.close();
        }
    }
}
