package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of one kernel, and where its parameters, shared and local variables lie. */
final class KernelSymbols {

    private static final Set<String> SPECIALS = Set.of("%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z",
            "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid", "%warpid",
            "%lanemask_lt", "%lanemask_le", "%lanemask_gt", "%lanemask_ge", "%lanemask_eq", "%clock", "%clock64",
            "%globaltimer", "%smid", "%nsmid", "%dynamic_smem_size");

    private final Rows rows;
    private final Map<String, Long> globals;
    private final Map<String, Variable> moduleShared;
    private final Deque<Map<String, Integer>> scopes = new ArrayDeque<>();
    private final List<Integer> dynamicRows = new ArrayList<>();
    private final List<Integer> parameterOffsets = new ArrayList<>();
    private int parameterBytes;
    private int sharedBytes;
    private int localBytes;
    private int dynamicAlign = 16;

    KernelSymbols(Rows rows, Map<String, Long> globals, Map<String, Variable> moduleShared) {
        this.rows = rows;
        this.globals = globals;
        this.moduleShared = moduleShared;
        open();
    }

    void open() {
        scopes.push(new HashMap<>());
    }

    void leave() {
        scopes.pop();
    }

    void register(String name) {
        scopes.peek().put(name, rows.register());
    }

    void declare(Variable variable) {
        scopes.peek().put(variable.name(), place(variable));
    }

    private int place(Variable variable) {
        return switch (variable.space()) {
            case ".param" -> {
                int at = variable.startFrom(parameterBytes);
                parameterOffsets.add(at);
                parameterBytes = at + variable.bytes();
                yield rows.fresh(at);
            }
            case ".local" -> {
                int at = variable.startFrom(localBytes);
                localBytes = at + variable.bytes();
                yield rows.fresh(at);
            }
            case ".shared" -> placeShared(variable);
            default -> throw new UnsupportedOperationException(variable.space() + " in a kernel");
        };
    }

    private int placeShared(Variable variable) {
        int at = variable.startFrom(sharedBytes);
        int row = rows.fresh(at);
        if (variable.extern()) {
            dynamicRows.add(row);
            dynamicAlign = Math.max(dynamicAlign, variable.align());
        } else {
            sharedBytes = at + variable.bytes();
        }
        return row;
    }

    /** Dynamic shared memory starts where static memory ends; all extern arrays are the same place. */
    void close() {
        sharedBytes = Math.ceilDiv(sharedBytes, dynamicAlign) * dynamicAlign;
        dynamicRows.forEach(row -> rows.set(row, sharedBytes));
    }

    /** The row of a name, -1 where it is none that is known. */
    int row(String name) {
        for (Map<String, Integer> scope : scopes) {
            Integer found = scope.get(name);
            if (found != null) {
                return found;
            }
        }
        if (SPECIALS.contains(name)) {
            return rows.special(name);
        }
        if (name.equals("WARP_SZ")) {
            return rows.constant(Warp.LANES);
        }
        if (globals.containsKey(name)) {
            return rows.constant(globals.get(name));
        }
        Variable shared = moduleShared.get(name);
        if (shared == null) {
            return -1;
        }
        int row = placeShared(shared);
        scopes.getLast().put(name, row);
        return row;
    }

    int[] parameterOffsets() {
        return parameterOffsets.stream().mapToInt(Integer::intValue).toArray();
    }

    int parameterBytes() {
        return parameterBytes;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    int localBytes() {
        return localBytes;
    }
}
