package org.wandagpu.simulator;

import java.util.Map;

/** Kinds of instructions that counters tell apart. */
public enum InstructionClass {

    /** Integer and logic arithmetic, predicates included. */
    INTEGER,
    /** Floating-point arithmetic. */
    FLOAT,
    CONVERSION,
    /** mov, cvta and selp. */
    MOVE,
    GLOBAL_MEMORY,
    SHARED_MEMORY,
    /** Local, constant and parameter memory, and addresses without a space. */
    OTHER_MEMORY,
    ATOMIC,
    /** Shuffles, votes, matches and reductions of a warp. */
    WARP,
    TENSOR,
    BARRIER,
    CONTROL;

    private static final Map<String, InstructionClass> BY_ROOT = Map.ofEntries(
            Map.entry("cvt", CONVERSION), Map.entry("mov", MOVE), Map.entry("cvta", MOVE), Map.entry("selp", MOVE),
            Map.entry("atom", ATOMIC), Map.entry("red", ATOMIC), Map.entry("shfl", WARP), Map.entry("vote", WARP),
            Map.entry("match", WARP), Map.entry("redux", WARP), Map.entry("activemask", WARP), Map.entry("elect", WARP),
            Map.entry("mma", TENSOR), Map.entry("wmma", TENSOR), Map.entry("bar", BARRIER), Map.entry("barrier", BARRIER),
            Map.entry("membar", BARRIER), Map.entry("fence", BARRIER), Map.entry("mbarrier", BARRIER),
            Map.entry("bra", CONTROL), Map.entry("brx", CONTROL), Map.entry("call", CONTROL), Map.entry("ret", CONTROL),
            Map.entry("exit", CONTROL), Map.entry("trap", CONTROL), Map.entry("nanosleep", CONTROL),
            Map.entry("ldmatrix", SHARED_MEMORY), Map.entry("cp", GLOBAL_MEMORY), Map.entry("prefetch", GLOBAL_MEMORY),
            Map.entry("prefetchu", GLOBAL_MEMORY), Map.entry("discard", GLOBAL_MEMORY));

    static InstructionClass of(Statement s) {
        InstructionClass byRoot = BY_ROOT.get(s.root());
        if (byRoot != null) {
            return byRoot;
        }
        if (s.root().equals("ld") || s.root().equals("st") || s.root().equals("ldu")) {
            return s.has("global") ? GLOBAL_MEMORY : s.has("shared") ? SHARED_MEMORY : OTHER_MEMORY;
        }
        return Types.isFloat(s.type()) ? FLOAT : INTEGER;
    }
}
