package org.wandagpu.simulator;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Instructions after which each lane goes where its own registers or its stack say. */
final class Calls {

    private Calls() {
    }

    /** {@code call (results), function, (arguments)}; the name of the function, empty for a pointer. */
    static String callee(Statement call) {
        int least = !call.operands().isEmpty() && call.operands().getFirst().kind() == Operand.Kind.LIST ? 2 : 1;
        return call.operands().size() < least || target(call).kind() != Operand.Kind.LABEL ? "" : target(call).name();
    }

    private static Operand target(Statement call) {
        List<Operand> operands = call.operands();
        return operands.get(operands.getFirst().kind() == Operand.Kind.LIST ? 1 : 0);
    }

    /** @throws UnsupportedOperationException if the function has no body and is not one that CUDA has itself */
    static Operation call(Statement s, Map<String, Frame> frames, Map<Long, Frame> framesByAddress) {
        int[] passed = passed(s);
        String name = callee(s);
        if (name.isEmpty()) {
            int pointer = target(s).row();
            return (warp, active) -> {
                for (int rest = active; rest != 0; rest &= rest - 1) {
                    int lane = Integer.numberOfTrailingZeros(rest);
                    Frame frame = framesByAddress.get(warp.rows[pointer][lane]);
                    if (frame == null) {
                        warp.report(Violation.Kind.OUT_OF_BOUNDS, lane, warp.rows[pointer][lane]);
                    } else {
                        warp.calls.enter(lane, frame, passed);
                    }
                }
            };
        }
        Frame frame = frames.get(name);
        if (frame == null) {
            return Builtins.call(name, passed);
        }
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                warp.calls.enter(Integer.numberOfTrailingZeros(rest), frame, passed);
            }
        };
    }

    /** The rows with the addresses of results, then of arguments. */
    private static int[] passed(Statement s) {
        return s.operands().stream().filter(operand -> operand.kind() == Operand.Kind.LIST)
                .flatMapToInt(operand -> IntStream.of(operand.rows())).toArray();
    }

    static Operation leave() {
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                warp.calls.leave(Integer.numberOfTrailingZeros(rest));
            }
        };
    }

    /** alloca and what saves and restores the end of the stack around it. */
    static Operation stack(Statement s) {
        if (!s.root().equals("alloca")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        int to = s.row(0);
        int size = s.row(1);
        int alignment = s.operands().size() > 2 ? s.row(2) : -1;
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                warp.rows[to][lane] = warp.calls.allocate(lane, warp.rows[size][lane],
                        alignment < 0 ? 8 : (int) warp.rows[alignment][lane]);
            }
        };
    }

    /** {@code brx.idx}. */
    static Operation indexed(Statement s, int[] targets) {
        int index = s.row(0);
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long chosen = warp.rows[index][lane] & 0xffffffffL;
                if (chosen < targets.length) {
                    warp.jump(lane, targets[(int) chosen]);
                } else {
                    warp.report(Violation.Kind.OUT_OF_BOUNDS, lane, chosen);
                }
            }
        };
    }
}
