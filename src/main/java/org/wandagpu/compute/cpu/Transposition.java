package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.Vectors.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Turns a square of {@link #SIDE} × {@link #SIDE} floats, a vector a row, so that its columns become rows. Not for use
 * by two threads.
 *
 * <p>Step d = 1, 2, 4 … trades the elements in columns with bit d of row i for those in columns without it of row
 * i + d. Four rows at a time go through two steps without leaving the registers.
 */
final class Transposition {

    /** Rows and columns of the square: 4, 8 or 16. */
    static final int SIDE = Vectors.LANES;

    private static final Trade STEP_1 = Trade.over(1);
    private static final Trade STEP_2 = Trade.over(2);
    private static final Trade STEP_4 = Trade.over(4);
    private static final Trade STEP_8 = Trade.over(8);

    private final float[] between = new float[SIDE * SIDE];

    /** Turns the square that begins at an element of {@code source}; rows are a stride apart on both sides. */
    void turn(float[] source, int sourceStart, int sourceStride, float[] target, int targetStart, int targetStride) {
        if (SIDE == 4) {
            fourRows(source, sourceStart, sourceStride, target, targetStart, targetStride, STEP_1, STEP_2);
            return;
        }
        for (int row = 0; row < SIDE; row += 4) {
            fourRows(source, sourceStart + row * sourceStride, sourceStride, between, row * SIDE, SIDE, STEP_1, STEP_2);
        }
        for (int row = 0; row < 4; row++) {
            int targetRow = targetStart + row * targetStride;
            if (SIDE == 8) {
                twoRows(between, row * SIDE, 4 * SIDE, target, targetRow, 4 * targetStride, STEP_4);
            } else {
                fourRows(between, row * SIDE, 4 * SIDE, target, targetRow, 4 * targetStride, STEP_4, STEP_8);
            }
        }
    }

    private static void fourRows(float[] source, int sourceStart, int sourceStride, float[] target, int targetStart,
            int targetStride, Trade first, Trade second) {
        IntVector a = FloatVector.fromArray(SPECIES, source, sourceStart).reinterpretAsInts();
        IntVector b = FloatVector.fromArray(SPECIES, source, sourceStart + sourceStride).reinterpretAsInts();
        IntVector c = FloatVector.fromArray(SPECIES, source, sourceStart + 2 * sourceStride).reinterpretAsInts();
        IntVector d = FloatVector.fromArray(SPECIES, source, sourceStart + 3 * sourceStride).reinterpretAsInts();
        IntVector ab = first.upper().selectFrom(a, b);
        IntVector ba = first.lower().selectFrom(a, b);
        IntVector cd = first.upper().selectFrom(c, d);
        IntVector dc = first.lower().selectFrom(c, d);
        second.upper().selectFrom(ab, cd).reinterpretAsFloats().intoArray(target, targetStart);
        second.upper().selectFrom(ba, dc).reinterpretAsFloats().intoArray(target, targetStart + targetStride);
        second.lower().selectFrom(ab, cd).reinterpretAsFloats().intoArray(target, targetStart + 2 * targetStride);
        second.lower().selectFrom(ba, dc).reinterpretAsFloats().intoArray(target, targetStart + 3 * targetStride);
    }

    private static void twoRows(float[] source, int sourceStart, int sourceStride, float[] target, int targetStart,
            int targetStride, Trade trade) {
        IntVector a = FloatVector.fromArray(SPECIES, source, sourceStart).reinterpretAsInts();
        IntVector b = FloatVector.fromArray(SPECIES, source, sourceStart + sourceStride).reinterpretAsInts();
        trade.upper().selectFrom(a, b).reinterpretAsFloats().intoArray(target, targetStart);
        trade.lower().selectFrom(a, b).reinterpretAsFloats().intoArray(target, targetStart + targetStride);
    }

    /**
     * How two rows trade elements.
     *
     * @param upper where the new upper row comes from: an index into both rows, the lower one's counted on from SIDE
     * @param lower the same for the lower row
     */
    private record Trade(IntVector upper, IntVector lower) {

        static Trade over(int distance) {
            int[] upper = new int[SIDE];
            int[] lower = new int[SIDE];
            for (int column = 0; column < SIDE; column++) {
                boolean traded = (column & distance) != 0;
                upper[column] = traded ? SIDE + column - distance : column;
                lower[column] = traded ? SIDE + column : (column + distance) % SIDE;
            }
            return new Trade(IntVector.fromArray(IntVector.SPECIES_PREFERRED, upper, 0),
                    IntVector.fromArray(IntVector.SPECIES_PREFERRED, lower, 0));
        }
    }
}
