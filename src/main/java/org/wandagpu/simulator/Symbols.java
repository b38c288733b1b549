package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names in one kernel or function, and where its parameters and local variables lie. */
final class Symbols {

    private final Rows rows;
    private final PtxSource source;
    private final SharedLayout shared;
    private final boolean entry;
    private final Deque<Map<String, Integer>> scopes = new ArrayDeque<>();
    private final List<Integer> parameterOffsets = new ArrayList<>();
    private final List<Integer> parameterRows = new ArrayList<>();
    private final List<Frame.Slot> slots = new ArrayList<>();
    /** Rows with addresses of local memory. */
    private final BitSet local = new BitSet();
    private int parameterBytes;
    private int localBytes;

    /** @param entry whether parameters come from a launch rather than from a call */
    Symbols(Rows rows, PtxSource source, SharedLayout shared, boolean entry) {
        this.rows = rows;
        this.source = source;
        this.shared = shared;
        this.entry = entry;
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

    /** A parameter of a kernel has an offset; one of a function lies where its caller put it in local memory. */
    void parameter(Variable variable) {
        int row;
        if (entry) {
            int at = variable.startFrom(parameterBytes);
            parameterOffsets.add(at);
            parameterBytes = at + variable.bytes();
            row = rows.fresh(at);
        } else {
            row = rows.given();
            local.set(row);
        }
        parameterRows.add(row);
        scopes.peek().put(variable.name(), row);
    }

    void declare(Variable variable) {
        scopes.peek().put(variable.name(), switch (variable.space()) {
            case ".param", ".local" -> placeLocal(variable);
            case ".shared" -> shared.place(variable);
            default -> throw new UnsupportedOperationException(variable.space() + " in a body");
        });
    }

    /** In a kernel the address is fixed; in a function it depends on who calls. */
    private int placeLocal(Variable variable) {
        int at = variable.startFrom(localBytes);
        localBytes = at + variable.bytes();
        int row = entry ? rows.fresh(at) : rows.given();
        if (!entry) {
            slots.add(new Frame.Slot(row, at));
        }
        local.set(row);
        return row;
    }

    /** The row of a name, -1 where it is none that is known. */
    int row(String name) {
        for (Map<String, Integer> scope : scopes) {
            Integer found = scope.get(name);
            if (found != null) {
                return found;
            }
        }
        if (SpecialRegisters.isName(name)) {
            return rows.special(name);
        }
        if (name.equals("WARP_SZ")) {
            return rows.constant(Warp.LANES);
        }
        Long address = source.address(name);
        if (address != null) {
            return rows.constant(address);
        }
        Variable variable = source.shared().get(name);
        return variable == null ? -1 : shared.place(variable);
    }

    /** Whether a row is the address of a local variable, or of what a call passes: that lies in local memory too. */
    boolean isLocal(int row) {
        return row >= 0 && local.get(row);
    }

    int[] parameterOffsets() {
        return parameterOffsets.stream().mapToInt(Integer::intValue).toArray();
    }

    int parameterBytes() {
        return parameterBytes;
    }

    int[] parameterRows() {
        return parameterRows.stream().mapToInt(Integer::intValue).toArray();
    }

    List<Frame.Slot> slots() {
        return slots;
    }

    int localBytes() {
        return localBytes;
    }
}
