package org.wandagpu.simulator;

import java.util.Map;

/** Values of {@code %tid.x} and its like for the lanes of one warp. */
final class SpecialRegisters {

    private SpecialRegisters() {
    }

    static void fill(Warp warp, Map<String, Integer> specials) {
        specials.forEach((name, row) -> {
            int dot = name.indexOf('.');
            String vector = dot < 0 ? "" : name.substring(0, dot);
            int axis = dot < 0 ? 0 : name.charAt(dot + 1) - 'x';
            for (int lane = 0; lane < Warp.LANES; lane++) {
                warp.rows[row][lane] = dot < 0 ? value(name, warp, lane) : coordinate(vector, axis, warp, lane);
            }
        });
    }

    private static long coordinate(String vector, int axis, Warp warp, int lane) {
        Launch launch = warp.block.launch;
        return switch (vector) {
            case "%tid" -> coordinate(warp.index * Warp.LANES + lane, launch.blockShape, axis);
            case "%ntid" -> launch.blockShape[axis];
            case "%ctaid" -> coordinate(warp.block.index, launch.gridShape, axis);
            default -> launch.gridShape[axis];
        };
    }

    private static long value(String name, Warp warp, int lane) {
        int bit = 1 << lane;
        return switch (name) {
            case "%laneid" -> lane;
            case "%warpid" -> warp.index;
            case "%lanemask_eq" -> bit;
            case "%lanemask_lt" -> bit - 1;
            case "%lanemask_le" -> bit | bit - 1;
            case "%lanemask_gt" -> ~(bit | bit - 1);
            case "%lanemask_ge" -> ~(bit - 1);
            case "%nsmid" -> 1;
            case "%dynamic_smem_size" -> warp.block.launch.dynamicSharedBytes;
            default -> 0;
        };
    }

    private static long coordinate(long linear, int[] shape, int axis) {
        return switch (axis) {
            case 0 -> linear % shape[0];
            case 1 -> linear / shape[0] % shape[1];
            default -> linear / ((long) shape[0] * shape[1]);
        };
    }
}
