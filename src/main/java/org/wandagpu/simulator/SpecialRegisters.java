package org.wandagpu.simulator;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;

/** Values of {@code %tid.x} and its like for the lanes of one warp. */
final class SpecialRegisters {

    private static final Set<String> AXES = Set.of("%tid", "%ntid", "%ctaid", "%nctaid", "%clusterid", "%nclusterid",
            "%cluster_ctaid", "%cluster_nctaid");
    private static final Set<String> OTHERS = Set.of("%laneid", "%warpid", "%nwarpid", "%lanemask_lt", "%lanemask_le",
            "%lanemask_gt", "%lanemask_ge", "%lanemask_eq", "%clock", "%clock_hi", "%clock64", "%globaltimer",
            "%globaltimer_lo", "%globaltimer_hi", "%smid", "%nsmid", "%gridid", "%dynamic_smem_size",
            "%total_smem_size", "%aggr_smem_size", "%cluster_ctarank", "%cluster_nctarank", "%is_explicit_cluster",
            "%envreg1", "%envreg2", "%reserved_smem_offset_begin", "%reserved_smem_offset_end",
            "%reserved_smem_offset_cap", "%reserved_smem_offset_0", "%reserved_smem_offset_1");

    private SpecialRegisters() {
    }

    static boolean isName(String word) {
        int dot = word.indexOf('.');
        return dot > 0 && dot + 1 < word.length() ? AXES.contains(word.substring(0, dot)) && "xyz".indexOf(word.charAt(dot + 1)) >= 0
                : OTHERS.contains(word);
    }

    static void fill(Warp warp, Map<String, Integer> specials) {
        for (Map.Entry<String, Integer> special : specials.entrySet()) {
            long[] row = warp.rows[special.getValue()];
            IntToLongFunction value = value(special.getKey(), warp);
            if (special.getKey().startsWith("%tid") || special.getKey().startsWith("%lane")) {
                Arrays.setAll(row, value);
            } else {
                Arrays.fill(row, value.applyAsLong(0));
            }
        }
    }

    /** What another block sees otherwise. */
    static void renew(Warp warp, Map<String, Integer> specials) {
        for (Map.Entry<String, Integer> special : specials.entrySet()) {
            String name = special.getKey();
            if (name.startsWith("%ctaid") || name.startsWith("%clusterid")) {
                Arrays.fill(warp.rows[special.getValue()], value(name, warp).applyAsLong(0));
            }
        }
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
                case "%nctaid", "%nclusterid" -> lane -> launch.gridShape[axis];
                case "%clusterid" -> lane -> coordinate(warp.block.index, launch.gridShape, axis);
                case "%cluster_nctaid" -> lane -> 1;
                default -> lane -> 0;
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
            case "%nsmid", "%cluster_nctarank" -> lane -> 1;
            case "%nwarpid" -> lane -> Math.ceilDiv(launch.blockThreads(), Warp.LANES);
            case "%dynamic_smem_size" -> lane -> launch.dynamicSharedBytes;
            case "%total_smem_size", "%aggr_smem_size" ->
                    lane -> launch.kernel.sharedBytes() + launch.dynamicSharedBytes;
            case "%reserved_smem_offset_begin", "%reserved_smem_offset_0", "%reserved_smem_offset_1" ->
                    lane -> launch.reservedShared();
            case "%reserved_smem_offset_end", "%reserved_smem_offset_cap" -> lane -> launch.sharedBytes();
            case "%envreg1" -> lane -> launch.gridWorkspace() >>> 32;
            case "%envreg2" -> lane -> launch.gridWorkspace() & 0xffffffffL;
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
