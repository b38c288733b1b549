package org.wandagpu.simulator;

import java.util.Arrays;
import java.util.Map;
import java.util.function.IntToLongFunction;

/** Values of {@code %tid.x} and its like for the lanes of one warp. */
final class SpecialRegisters {

    private SpecialRegisters() {
    }

    static void fill(Warp warp, Map<String, Integer> specials) {
        specials.forEach((name, row) -> Arrays.setAll(warp.rows[row], value(name, warp)));
    }

    private static IntToLongFunction value(String name, Warp warp) {
        Launch launch = warp.block.launch;
        int dot = name.indexOf('.');
        if (dot > 0) {
            int axis = name.charAt(dot + 1) - 'x';
            return switch (name.substring(0, dot)) {
                case "%tid" -> lane -> coordinate(warp.index * Warp.LANES + lane, launch.blockShape, axis);
                case "%ntid" -> lane -> launch.blockShape[axis];
                case "%ctaid" -> lane -> coordinate(warp.block.index, launch.gridShape, axis);
                default -> lane -> launch.gridShape[axis];
            };
        }
        return switch (name) {
            case "%laneid" -> lane -> lane;
            case "%warpid" -> lane -> warp.index;
            case "%lanemask_eq" -> lane -> 1 << lane;
            case "%lanemask_lt" -> lane -> (1 << lane) - 1;
            case "%lanemask_le" -> lane -> 1 << lane | (1 << lane) - 1;
            case "%lanemask_gt" -> lane -> ~(1 << lane | (1 << lane) - 1);
            case "%lanemask_ge" -> lane -> ~((1 << lane) - 1);
            case "%nsmid" -> lane -> 1;
            case "%dynamic_smem_size" -> lane -> launch.dynamicSharedBytes;
            default -> lane -> 0;
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
