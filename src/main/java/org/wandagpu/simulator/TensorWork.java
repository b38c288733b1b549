package org.wandagpu.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a tensor-core instruction costs, from its name. */
final class TensorWork {

    private static final Pattern SHAPE = Pattern.compile("m(\\d+)n(\\d+)k(\\d+)");

    private TensorWork() {
    }

    /**
     * Multiply-adds of 16-bit inputs that take as long: 2:4 instructions skip half of theirs; 8-bit inputs are twice as
     * fast, TF32 half, fp64 a sixteenth (A100 whitepaper, table of peak rates).
     */
    static double products(String opcode) {
        Matcher shape = SHAPE.matcher(opcode);
        if (!shape.find()) {
            return 0;
        }
        double products = Double.parseDouble(shape.group(1)) * Double.parseDouble(shape.group(2))
                * Double.parseDouble(shape.group(3));
        double sparse = opcode.contains("mma.sp") ? 0.5 : 1;
        double type = opcode.contains("tf32") ? 2 : opcode.contains(".f64") ? 16
                : opcode.contains(".s8") || opcode.contains(".u8") ? 0.5 : opcode.contains(".s4") || opcode.contains(".u4")
                ? 0.25 : opcode.contains(".b1") ? 1.0 / 16 : 1;
        return products * sparse * type;
    }
}
