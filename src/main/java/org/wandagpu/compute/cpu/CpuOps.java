package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Activation;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Checks;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/** Checks shapes and hands each operation to its kernel class. */
final class CpuOps implements Ops {

    private final Embedding embedding;
    private final Linear linear;
    private final CrossEntropy crossEntropy;
    private final Norms norms;
    private final Rotary rotary;
    private final Attention attention;
    private final Pointwise pointwise;
    private final ColumnSquares columnSquares;
    private final ScoreMatrix scoreMatrix;
    private final RowSelection rowSelection;
    private final LayerSelection layerSelection;
    private final Workers workers;
    private final ScoreShareSelection scoreShareSelection;
    private final Compression24 compression;
    private final MaskBitmap maskBitmap;
    private final Elements elements;

    CpuOps(Workers workers) {
        this.workers = workers;
        this.embedding = new Embedding(workers);
        ThreadLocal<ProductTile> tiles = ThreadLocal.withInitial(ProductTile::new);
        this.linear = new Linear(workers, tiles);
        this.crossEntropy = new CrossEntropy(workers, tiles);
        this.norms = new Norms(workers);
        this.rotary = new Rotary(workers);
        this.attention = new Attention(workers);
        this.pointwise = new Pointwise(workers);
        this.columnSquares = new ColumnSquares(workers);
        this.scoreMatrix = new ScoreMatrix(workers);
        this.rowSelection = new RowSelection(workers);
        this.layerSelection = new LayerSelection(workers);
        this.scoreShareSelection = new ScoreShareSelection(workers);
        this.compression = new Compression24(workers);
        this.maskBitmap = new MaskBitmap(workers);
        this.elements = new Elements(workers);
    }

    @Override
    public void embed(Tensor table, int[] ids, Tensor out) {
        Checks.embedding(DType.F32, table, ids, out);
        embedding.gather(cpu(table), ids, cpu(out));
    }

    @Override
    public void addPositions(Tensor table, int first, int seqlen, Tensor x) {
        Checks.positions(DType.F32, table, first, seqlen, x);
        embedding.addPositions(cpu(table), first, seqlen, cpu(x));
    }

    @Override
    public void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
        checkLinear(x, w, bias, out);
        linear.multiply(cpu(x), cpu(w), cpu(bias), cpu(out), false);
    }

    @Override
    public void linearAdd(Tensor x, Tensor w, Tensor bias, Tensor out) {
        checkLinear(x, w, bias, out);
        linear.multiply(cpu(x), cpu(w), cpu(bias), cpu(out), true);
    }

    private static void checkLinear(Tensor x, Tensor w, Tensor bias, Tensor out) {
        Checks.linear(DType.F32, x, w, bias, out);
        Checks.activations(DType.F32, out, "out");
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out) {
        Checks.vector(weight, x.columns(), "weight");
        Checks.matrix(DType.F32, out, x.rows(), x.columns(), "out");
        norms.rms(cpu(x), cpu(weight), epsilon, cpu(out));
    }

    @Override
    public void layerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor out) {
        Checks.vector(weight, x.columns(), "weight");
        Checks.vector(bias, x.columns(), "bias");
        Checks.matrix(DType.F32, out, x.rows(), x.columns(), "out");
        norms.layer(cpu(x), cpu(weight), cpu(bias), epsilon, cpu(out));
    }

    @Override
    public void rmsNormHeads(Heads x, Tensor weight, float epsilon) {
        Checks.heads(DType.F32, x, "x");
        Checks.vector(weight, x.headDim(), "weight");
        norms.rmsOfHeads(x, cpu(x.tensor()), cpu(weight), epsilon);
    }

    @Override
    public void rope(Heads x, Tensor cos, Tensor sin, int first, int seqlen) {
        Checks.rope(DType.F32, x, cos, sin, first, seqlen);
        rotary.rotate(x, cpu(x.tensor()), cpu(cos), cpu(sin), first, seqlen);
    }

    @Override
    public void attention(Heads q, Heads k, Heads v, AttentionMask mask, float scale, int queryLength, int keyLength,
            Tensor out) {
        Checks.attention(DType.F32, q, k, v, mask, queryLength, keyLength, out);
        attention.run(new AttentionCall(q, k, v, mask, scale, queryLength, keyLength, cpu(out)));
    }

    @Override
    public void copyHeads(Heads source, Heads target) {
        Checks.copyHeads(DType.F32, source, target);
        rotary.copy(source, cpu(source.tensor()), target, cpu(target.tensor()));
    }

    @Override
    public void activate(Activation f, Tensor x) {
        Checks.activations(DType.F32, x, "x");
        pointwise.activate(f, cpu(x));
    }

    @Override
    public void activateGated(Activation f, Tensor gate, Tensor up) {
        Checks.activations(DType.F32, gate, "gate");
        Checks.matrix(DType.F32, up, gate.rows(), gate.columns(), "up");
        pointwise.activateGated(f, cpu(gate), cpu(up));
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        Checks.matrix(DType.F32, x, y.rows(), y.columns(), "x");
        Checks.activations(DType.F32, y, "y");
        pointwise.copy(cpu(x), cpu(y));
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Checks.matrix(DType.F32, x, y.rows(), y.columns(), "x");
        pointwise.add(cpu(x), cpu(y));
    }

    @Override
    public void crossEntropy(Tensor x, Tensor head, Tensor bias, int[] targets, float[] losses) {
        Checks.crossEntropy(DType.F32, x, head, bias, targets, losses);
        crossEntropy.losses(cpu(x), cpu(head), cpu(bias), targets, losses);
    }

    @Override
    public boolean allFinite(Tensor x) {
        return elements.allFinite(cpu(x));
    }

    @Override
    public void foldColumnSquares(Tensor x, int seqlen, int sequencesBefore, Tensor s) {
        Checks.fold(DType.F32, x, seqlen, s);
        columnSquares.fold(cpu(x), seqlen, sequencesBefore, cpu(s));
    }

    @Override
    public void scores(Tensor w, Tensor s, Tensor out) {
        Checks.scores(w, s);
        Checks.matrix(DType.F32, out, w.rows(), w.columns(), "out");
        scoreMatrix.multiply(cpu(w), cpu(s), cpu(out));
    }

    @Override
    public void zeroSmallestInRows(Tensor w, Tensor s, int zeroedPerRow) {
        Checks.selectionInRows(w, s, zeroedPerRow);
        rowSelection.zeroSmallest(cpu(w), cpu(s), zeroedPerRow);
    }

    @Override
    public void zeroSmallestInLayer(Tensor w, Tensor s, long zeroed) {
        Checks.selectionInLayer(w, s, zeroed);
        layerSelection.zeroSmallest(cpu(w), cpu(s), zeroed);
    }

    @Override
    public void zeroUpToRank(Tensor w, long rank) {
        Checks.rank(w, rank);
        layerSelection.zeroUpToRank(cpu(w), rank);
    }

    @Override
    public void zeroSmallestInGroups(Tensor w, Tensor s, NmPattern pattern) {
        Checks.selectionInGroups(w, s, pattern);
        GroupSelection.zeroSmallest(workers, cpu(w), cpu(s), pattern);
    }

    @Override
    public double zeroByScoreShare(Tensor w, Tensor s, double sparsity) {
        Checks.scores(w, s);
        return scoreShareSelection.zero(cpu(w), cpu(s), sparsity);
    }

    @Override
    public void compress24(Tensor w, Tensor s, MetadataOrder order, Tensor values, MemorySegment metadata) {
        Checks.scores(w, s);
        Checks.compression(w, values, metadata, order);
        compression.compress(cpu(w), cpu(s), order, cpu(values), metadata);
    }

    @Override
    public void decompress24(Tensor values, MemorySegment metadata, MetadataOrder order, Tensor w) {
        Checks.compression(w, values, metadata, order);
        compression.decompress(cpu(values), metadata, order, cpu(w));
    }

    @Override
    public void maskBitmap(Tensor w, MemorySegment bitmap) {
        Checks.bitmap(w, bitmap);
        maskBitmap.write(cpu(w), bitmap);
    }

    @Override
    public long countZeros(Tensor w) {
        return elements.countZeros(cpu(w));
    }

    private static CpuTensor cpu(Tensor tensor) {
        return (CpuTensor) tensor;
    }
}
