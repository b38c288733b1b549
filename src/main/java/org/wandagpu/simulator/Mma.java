package org.wandagpu.simulator;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * mma.sync and mma.sp as whole tiles. Products are exact and each sum is rounded once, where hardware truncates:
 * compare small integers exactly, others with a tolerance.
 */
final class Mma {

    private static final Pattern SHAPE = Pattern.compile("m(\\d+)n(\\d+)k(\\d+)");
    /** By type of A what depths a tile of 16 x 8 can have; where half of A is left out, twice these. */
    private static final Map<String, Set<Integer>> DEPTHS = Map.of("f16", Set.of(8, 16), "bf16", Set.of(8, 16),
            "tf32", Set.of(4, 8), "s8", Set.of(16, 32), "u8", Set.of(16, 32), "s4", Set.of(32, 64),
            "u4", Set.of(32, 64), "b1", Set.of(128, 256));
    /** The same for a tile of 8 x 8. */
    private static final Map<String, Integer> SMALL_DEPTHS =
            Map.of("f64", 4, "s8", 16, "u8", 16, "s4", 32, "u4", 32, "b1", 128);

    private Mma() {
    }

    /** Rows, columns and depth that an instruction names. */
    static int[] shape(Statement s) {
        Matcher shape = SHAPE.matcher(s.opcode());
        if (!shape.find()) {
            throw new UnsupportedOperationException(s.opcode());
        }
        return new int[] {Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2)),
                Integer.parseInt(shape.group(3))};
    }

    static Operation multiply(Statement s) {
        if (HalfTile.is(s)) {
            return HalfTile.multiply(s);
        }
        boolean sparse = s.has("sp") || s.has("sp::ordered_metadata");
        int[] shape = shape(s);
        int depth = shape[2];
        List<Elements> types = Elements.named(s);
        if (types.size() != 4 || !known(shape, types.get(1).type, sparse)) {
            throw new UnsupportedOperationException(s.opcode());
        }
        Elements left = types.get(1);
        Elements right = types.get(2);
        FragmentLayout a = FragmentLayout.left(shape[0], sparse ? depth / 2 : depth, left.perRegister());
        FragmentLayout b = FragmentLayout.right(depth, right.perRegister());
        FragmentLayout result = FragmentLayout.result(shape[0], shape[1]);
        SparseOperand expansion = sparse ? new SparseOperand(depth, left) : null;
        int metadata = sparse ? s.row(4) : -1;
        int selector = sparse ? s.row(5) : -1;
        int[][] operands = s.operands().stream().map(Operand::rows).toArray(int[][]::new);
        Products products = Products.of(s);
        boolean saturates = s.has("satfinite");
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            double[] x = a.gather(warp.rows, operands[1], left);
            if (sparse) {
                x = expansion.expand(x, warp.rows[metadata], (int) warp.rows[selector][0]);
            }
            double[] y = b.gather(warp.rows, operands[2], right);
            double[] sums = result.gather(warp.rows, operands[3], types.get(3));
            products.add(sums, x, y, depth);
            result.scatter(sums, warp.rows, operands[0], types.get(0), saturates);
        };
    }

    private static boolean known(int[] shape, String type, boolean sparse) {
        if (shape[0] == 8) {
            return !sparse && SMALL_DEPTHS.getOrDefault(type, 0) == shape[2];
        }
        return DEPTHS.getOrDefault(type, Set.of()).contains(sparse ? shape[2] / 2 : shape[2]);
    }
}
