package org.wandagpu.selftest;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/**
 * Runs every operation on a device and on the CPU, over awkward shapes and for pruning over LLaMA-7B's too, and compares:
 * the bytes of what pruning does, the numbers of a decoder block within their rounding.
 */
public final class SelfTest {

    private static final List<DType> DTYPES = List.of(DType.F16, DType.BF16, DType.F32);
    /** Odd rows, rows that no vector fits, the longest rows of each kernel, and shapes that 2:4 storage takes. */
    private static final int[][] AWKWARD = {{1, 1}, {3, 7}, {5, 33}, {4, 66}, {7, 1000}, {32, 64}, {64, 1056}, {3, 4104},
        {2, 28_672}, {1, 65_536}};
    private static final int[][] LLAMA_7B = {{4096, 4096}, {11_008, 4096}, {4096, 11_008}};
    private static final int TOKENS = 2048;
    /** Rounding of a sum of squares whose terms are added in another order: √tokens steps of 2⁻²⁴ are far less. */
    private static final double ROUNDING = 1e-5;
    private static final List<DType> ACTIVATION_TYPES = List.of(DType.F16, DType.BF16);
    /** The same for the sums of products. */
    private static final double SUMS = 2e-5;

    private final Device device;
    private final Device cpu;
    private final List<int[]> weights;
    private final List<int[]> activations;

    /**
     * What came out of one operation on matrices of one type.
     *
     * @param allowed relative difference that rounding explains; 0: the same bytes
     * @param found largest relative difference, or number of matrices that differ where {@code allowed} is 0
     * @param firstDifference empty if all agree
     */
    public record Outcome(String operation, DType dtype, int matrices, long elements, String largest, double allowed,
            double found, String firstDifference) {

        public boolean passed() {
            return firstDifference.isEmpty();
        }
    }

    /** @param mostRows of LLaMA-7B's matrices, and tokens of its activations, for devices that are slow */
    public SelfTest(Device device, Device cpu, int mostRows) {
        this(device, cpu, weights(mostRows), activations(mostRows));
    }

    SelfTest(Device device, Device cpu, List<int[]> weights, List<int[]> activations) {
        this.device = device;
        this.cpu = cpu;
        this.weights = weights;
        this.activations = activations;
    }

    private static List<int[]> weights(int mostRows) {
        List<int[]> shapes = new ArrayList<>(Arrays.asList(AWKWARD));
        for (int[] shape : LLAMA_7B) {
            shapes.add(new int[] {Math.min(shape[0], mostRows), shape[1]});
        }
        return shapes;
    }

    private static List<int[]> activations(int mostRows) {
        int tokens = Math.min(TOKENS, mostRows);
        return List.of(new int[] {1, 1}, new int[] {7, 33}, new int[] {200, 264}, new int[] {tokens, 4096},
                new int[] {tokens, 11_008});
    }

    /** @param each told of an outcome as soon as it is there */
    public List<Outcome> run(Consumer<Outcome> each) {
        List<Outcome> all = new ArrayList<>();
        for (Operation operation : Operation.all()) {
            for (DType dtype : DTYPES) {
                Tally tally = new Tally(operation.name(), dtype, 0);
                for (int[] shape : weights) {
                    if (operation.fits().test(dtype, shape[0], shape[1])) {
                        compare(operation, dtype, shape[0], shape[1], tally);
                    }
                }
                if (!tally.isEmpty()) {
                    all.add(tally.outcome());
                    each.accept(all.getLast());
                }
            }
        }
        all.add(columnSquares());
        each.accept(all.getLast());
        for (BlockOperation operation : BlockOperation.all()) {
            for (DType type : ACTIVATION_TYPES) {
                all.add(compare(operation, type));
                each.accept(all.getLast());
            }
        }
        return all;
    }

    private Outcome compare(BlockOperation operation, DType type) {
        double unit = type == DType.F16 ? 0x1p-11 : 0x1p-8;
        Tally tally = new Tally(operation.name(), type, Math.max(SUMS, operation.roundings() * unit));
        for (int[] shape : operation.shapes()) {
            float[] found = run(operation, device, type, shape);
            float[] expected = run(operation, cpu, type, shape);
            tally.add(shape[0], shape[1], Arrays.toString(shape), difference(found, expected));
        }
        return tally.outcome();
    }

    private static float[] run(BlockOperation operation, Device on, DType type, int[] shape) {
        try (Inputs in = new Inputs(on, type, Arrays.hashCode(shape))) {
            return operation.body().run(in, shape);
        }
    }

    /** Largest difference, relative to a result and to the root of the mean square of all. */
    private static double difference(float[] found, float[] expected) {
        double squares = 0;
        for (float value : expected) {
            squares += (double) value * value;
        }
        double scale = Math.sqrt(squares / expected.length);
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            double difference = Math.abs((double) found[i] - expected[i]);
            double relative = difference == 0 ? 0 : difference / Math.max(Math.abs(expected[i]), scale);
            worst = relative <= worst ? worst : relative;
        }
        return worst;
    }

    private void compare(Operation operation, DType dtype, int rows, int columns, Tally tally) {
        for (Values values : Values.values()) {
            long seed = 31L * rows + columns;
            boolean equal = Arrays.equals(run(operation, device, values, dtype, rows, columns, seed),
                    run(operation, cpu, values, dtype, rows, columns, seed));
            tally.add(rows, columns, values.name().toLowerCase(Locale.ROOT), equal ? 0 : 1);
        }
    }

    private static byte[] run(Operation operation, Device on, Values values, DType dtype, int rows, int columns,
            long seed) {
        try (Tensor w = values.weights(on, dtype, rows, columns, seed); Tensor s = Values.statistic(on, columns, seed)) {
            return operation.body().run(on, w, s);
        }
    }

    private Outcome columnSquares() {
        Tally tally = new Tally("column squares", DType.F32, ROUNDING);
        for (int[] shape : activations) {
            float[] found = columnSquares(device, shape[0], shape[1]);
            float[] expected = columnSquares(cpu, shape[0], shape[1]);
            double worst = 0;
            for (int j = 0; j < found.length; j++) {
                worst = Math.max(worst, Math.abs(found[j] - expected[j]) / expected[j]);
            }
            tally.add(shape[0], shape[1], "normal", worst);
        }
        return tally.outcome();
    }

    private static float[] columnSquares(Device on, int tokens, int columns) {
        SplittableRandom random = new SplittableRandom(tokens + columns);
        float[] activations = new float[tokens * columns];
        for (int i = 0; i < activations.length; i++) {
            activations[i] = (float) random.nextGaussian();
        }
        try (Tensor x = on.allocate(DType.F32, tokens, columns); Tensor s = Values.statistic(on, columns, tokens)) {
            x.copyFrom(MemorySegment.ofArray(activations));
            on.ops().foldColumnSquares(x, tokens, 3, s);
            return s.toFloats();
        }
    }
}
