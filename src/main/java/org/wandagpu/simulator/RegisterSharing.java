package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Lets registers that are never alive at the same time share a row. PTX gives every value a register of its own;
 * thousands of rows for each warp would not fit the caches of the machine that simulates them. Linear scan over live
 * intervals (Poletto and Sarkar 1999), which span whole loops where a value lives through them.
 */
final class RegisterSharing {

    /** Instructions whose first operand gets a new value in every lane that runs them, and nothing else does. */
    private static final Set<String> WRITING_FIRST = Set.of("ld", "ldu", "atom", "shfl", "mma", "ldmatrix", "movmatrix",
            "vote", "match", "redux", "activemask");

    private final Program program;
    private final BitSet registers;
    private final int size;
    private final int[][] defined;
    private final int[][] used;
    /** Registers that are alive before each instruction. */
    private final BitSet[] alive;
    /** Per row where its interval begins and ends; it begins behind its end where it is never used. */
    private final int[] from;
    private final int[] to;

    private RegisterSharing(Program program) {
        this.program = program;
        this.registers = program.rows().registers();
        this.size = program.statements().size();
        this.defined = new int[size][];
        this.used = new int[size][];
        this.alive = new BitSet[size];
        this.from = new int[program.rows().count()];
        this.to = new int[program.rows().count()];
    }

    /**
     * The statements with shared rows; what rows are left over, the program's rows give to no warp any more.
     *
     * @param program one kernel without calls, in which no register matters before it has a value
     */
    static List<Statement> share(Program program) {
        RegisterSharing sharing = new RegisterSharing(program);
        sharing.readOperands();
        sharing.findAlive();
        sharing.findIntervals();
        int[] rows = sharing.rows();
        return program.statements().stream()
                .map(statement -> statement.withRows(row -> row < 0 ? row : rows[row])).toList();
    }

    private void readOperands() {
        for (int i = 0; i < size; i++) {
            Statement s = program.statements().get(i);
            List<Operand> operands = s.operands();
            boolean writesFirst = operands.size() > 1 && (RegisterUse.isPassing(s) || WRITING_FIRST.contains(s.root()))
                    || operands.size() == 1 && s.root().equals("activemask");
            defined[i] = writesFirst ? registers(operands.getFirst().rows()) : new int[0];
            IntStream read = operands.stream().skip(writesFirst ? 1 : 0).flatMapToInt(o -> IntStream.of(o.rows()));
            used[i] = registers(IntStream.concat(read, IntStream.of(s.guard())).toArray());
        }
    }

    private int[] registers(int[] rows) {
        return IntStream.of(rows).filter(row -> row >= 0 && registers.get(row)).toArray();
    }

    /** Backwards from the uses, until nothing changes. */
    private void findAlive() {
        List<List<Integer>> before = IntStream.range(0, size).<List<Integer>>mapToObj(i -> new ArrayList<>()).toList();
        for (int i = 0; i < size; i++) {
            for (int next : successors(i)) {
                before.get(next).add(i);
            }
            alive[i] = new BitSet();
        }
        Deque<Integer> work = new ArrayDeque<>();
        IntStream.range(0, size).forEach(work::push); // the last one first
        BitSet waiting = new BitSet();
        waiting.set(0, size);
        while (!work.isEmpty()) {
            int at = work.pop();
            waiting.clear(at);
            BitSet live = aliveBehind(at);
            if (program.statements().get(at).guard() < 0) {
                IntStream.of(defined[at]).forEach(live::clear);
            }
            IntStream.of(used[at]).forEach(live::set);
            if (!live.equals(alive[at])) {
                alive[at] = live;
                for (int earlier : before.get(at)) {
                    if (!waiting.get(earlier)) {
                        waiting.set(earlier);
                        work.push(earlier);
                    }
                }
            }
        }
    }

    private BitSet aliveBehind(int at) {
        BitSet live = new BitSet();
        for (int next : successors(at)) {
            live.or(alive[next]);
        }
        return live;
    }

    private int[] successors(int at) {
        int[] jumps = program.jumps()[at];
        return program.goesOn(at) && at + 1 < size
                ? IntStream.concat(IntStream.of(jumps), IntStream.of(at + 1)).toArray() : jumps;
    }

    /** Places are two an instruction: it reads at the first, and writes at the second. */
    private void findIntervals() {
        registers.stream().forEach(row -> from[row] = Integer.MAX_VALUE);
        for (int i = 0; i < size; i++) {
            int reads = 2 * i;
            alive[i].stream().forEach(row -> extend(row, reads));
            aliveBehind(i).stream().forEach(row -> extend(row, reads + 1));
            boolean writesWhileItReads = defined[i].length > 1 && !program.statements().get(i).root().equals("mma");
            for (int row : defined[i]) {
                extend(row, writesWhileItReads ? reads : reads + 1);
                extend(row, reads + 1);
            }
        }
    }

    private void extend(int row, int place) {
        from[row] = Math.min(from[row], place);
        to[row] = Math.max(to[row], place);
    }

    /** The row of each register; other rows stay what they are. */
    private int[] rows() {
        int[] rows = IntStream.range(0, from.length).toArray();
        BitSet given = new BitSet();
        BitSet free = new BitSet();
        List<Integer> active = new ArrayList<>();
        int[] order = registers.stream().filter(row -> from[row] <= to[row]).boxed()
                .sorted(Comparator.comparingInt(row -> from[row])).mapToInt(Integer::intValue).toArray();
        for (int register : order) {
            active.removeIf(other -> {
                boolean over = to[other] < from[register];
                free.set(rows[other], over || free.get(rows[other]));
                return over;
            });
            int row = free.nextSetBit(0);
            rows[register] = row < 0 ? register : row;
            free.clear(rows[register]);
            given.set(rows[register]);
            active.add(register);
        }
        registers.andNot(given);
        program.rows().retire(registers);
        return rows;
    }
}
