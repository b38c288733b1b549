package org.wandagpu.compute.cpu;

import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/** Shape checks of the operations: a wrong call is a bug of the caller and names both sides. */
final class Checks {

    private Checks() {
    }

    static void that(boolean holds, String leftName, long left, String rightName, long right) {
        if (!holds) {
            throw new IllegalArgumentException("do not fit: " + leftName + "=" + left + ", " + rightName + "=" + right);
        }
    }

    static void activations(Tensor x, String name) {
        if (x.dtype() != DType.F32) {
            throw new IllegalArgumentException("activations must be F32: " + name + "=" + x);
        }
    }

    static void columns(Tensor x, long columns, String name) {
        that(x.columns() == columns, name + " columns", x.columns(), "expected", columns);
    }

    static void matrix(Tensor x, long rows, long columns, String name) {
        activations(x, name);
        that(x.rows() == rows, name + " rows", x.rows(), "expected", rows);
        columns(x, columns, name);
    }

    static void vector(Tensor x, long length, String name) {
        that(x.rows() == 1 && x.columns() == length, name + " length", x.rows() * x.columns(), "expected", length);
    }

    static void heads(Heads x, String name) {
        activations(x.tensor(), name);
        long last = x.offset() + (long) (x.count() - 1) * x.headStride() + x.headDim();
        that(last <= x.tensor().columns(), name + " heads end at", last, "columns", x.tensor().columns());
    }
}
