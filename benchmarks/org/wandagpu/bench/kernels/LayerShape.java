package org.wandagpu.bench.kernels;

import java.util.List;
import org.wandagpu.failure.UsageException;

/**
 * A linear layer, or its input.
 *
 * @param rows out-features, or tokens
 * @param columns in-features
 * @param count how many a decoder block has; 0 where it is none of a block
 */
record LayerShape(int rows, int columns, int count) {

    /** Of the 32 decoder blocks of LLaMA-7B: q, k, v, o; gate, up; down. */
    static final List<LayerShape> LLAMA_7B = List.of(new LayerShape(4096, 4096, 4), new LayerShape(11_008, 4096, 2),
            new LayerShape(4096, 11_008, 1));
    static final int LLAMA_7B_BLOCKS = 32;
    private static final int COLUMN_UNIT = 32;

    /** @throws UsageException if it is not written as rows x columns, or no kernel takes it */
    static LayerShape parse(String text) {
        if (text.matches("\\d{1,6}x\\d{1,6}")) {
            int rows = Integer.parseInt(text.substring(0, text.indexOf('x')));
            int columns = Integer.parseInt(text.substring(text.indexOf('x') + 1));
            if (rows > 0 && columns > 0 && rows % COLUMN_UNIT == 0 && columns % COLUMN_UNIT == 0) {
                return new LayerShape(rows, columns, 0);
            }
        }
        throw new UsageException("--shapes " + text + ": give rows x columns, both multiples of 32, as 4096x4096");
    }

    long elements() {
        return (long) rows * columns;
    }

    @Override
    public String toString() {
        return rows + "x" + columns;
    }
}
