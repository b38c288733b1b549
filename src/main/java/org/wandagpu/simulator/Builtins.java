package org.wandagpu.simulator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The functions that CUDA has itself. What is passed lies in local memory, where the rows say. */
final class Builtins {

    static final Set<String> NAMES = Set.of("vprintf", "__assertfail", "malloc", "free");

    private Builtins() {
    }

    /** @param passed rows with the addresses of the result, if any, and then of the arguments */
    static Operation call(String name, int[] passed) {
        return switch (name) {
            case "vprintf" -> eachLane((warp, lane) -> print(warp, lane, passed));
            case "__assertfail" -> eachLane((warp, lane) -> fail(warp, lane, passed));
            case "malloc" -> eachLane((warp, lane) -> pass(warp, lane, passed[0], 8,
                    warp.block.launch.allocate(argument(warp, lane, passed[1]))));
            case "free" -> eachLane((warp, lane) -> warp.block.launch.free(argument(warp, lane, passed[0])));
            default -> throw new UnsupportedOperationException(name);
        };
    }

    @FunctionalInterface
    private interface LaneFunction {
        void run(Warp warp, int lane);
    }

    private static Operation eachLane(LaneFunction function) {
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                function.run(warp, Integer.numberOfTrailingZeros(rest));
            }
        };
    }

    private static long argument(Warp warp, int lane, int row) {
        return warp.local.read(warp, lane, warp.rows[row][lane], 8, false);
    }

    private static void pass(Warp warp, int lane, int row, int bytes, long value) {
        warp.local.write(warp, lane, warp.rows[row][lane], bytes, value, false);
    }

    private static void print(Warp warp, int lane, int[] passed) {
        String format = text(warp, lane, argument(warp, lane, passed[1]));
        long values = argument(warp, lane, passed[2]);
        FormattedText text = new FormattedText(format, (offset, bytes) -> generic(warp, lane, values + offset, bytes),
                address -> text(warp, lane, address));
        warp.block.launch.print(text.toString());
        pass(warp, lane, passed[0], 4, text.arguments());
    }

    private static void fail(Warp warp, int lane, int[] passed) {
        String condition = text(warp, lane, argument(warp, lane, passed[0]));
        String file = text(warp, lane, argument(warp, lane, passed[1]));
        long line = warp.local.read(warp, lane, warp.rows[passed[2]][lane], 4, false);
        String function = text(warp, lane, argument(warp, lane, passed[3]));
        warp.block.launch.print("%s:%d: %s: block %d, thread %d: assertion `%s` failed%n".formatted(file, line,
                function, warp.block.index, warp.index * Warp.LANES + lane, condition));
        warp.report(Violation.Kind.ASSERTION_FAILED, lane, 0);
        warp.stop();
    }

    private static long generic(Warp warp, int lane, long address, int bytes) {
        return Spaces.memory(Spaces.Space.GENERIC, warp).read(warp, lane, address, bytes, false);
    }

    /** Up to the zero byte. */
    private static String text(Warp warp, int lane, long address) {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 12);
        long next = address == 0 ? 0 : generic(warp, lane, address, 1);
        for (long at = address + 1; next != 0 && bytes.hasRemaining(); at++) {
            bytes.put((byte) next);
            next = generic(warp, lane, at, 1);
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }
}
