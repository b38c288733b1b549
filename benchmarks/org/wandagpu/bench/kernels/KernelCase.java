package org.wandagpu.bench.kernels;

import java.util.List;
import java.util.stream.Stream;
import org.wandagpu.compute.cuda.ColumnSquaresFold;
import org.wandagpu.compute.cuda.Compression24;
import org.wandagpu.compute.cuda.GroupSelect;
import org.wandagpu.compute.cuda.KernelLauncher;
import org.wandagpu.compute.cuda.RowSelect;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/** A kernel that is timed, with the bytes that it cannot do without. */
enum KernelCase {

    SELECT_ROWS("select", "rows, 50 %", 1, 4) {
        @Override
        void launch(KernelLauncher launcher, Operands on) {
            new RowSelect(launcher).zeroSmallest(on.w(), on.norms(), on.w().columns() / 2);
        }
    },

    SELECT_2_4("select", "groups, 2:4", 4, 4) {
        @Override
        void launch(KernelLauncher launcher, Operands on) {
            new GroupSelect(launcher).zeroSmallest(on.w(), on.norms(), new NmPattern(2, 4));
        }
    },

    SELECT_4_8("select", "groups, 4:8", 4, 4) {
        @Override
        void launch(KernelLauncher launcher, Operands on) {
            new GroupSelect(launcher).zeroSmallest(on.w(), on.norms(), new NmPattern(4, 8));
        }
    },

    /** Two bytes read, one of values and an eighth of metadata written. */
    COMPRESS("compress", "2:4 select + compress", 32, 3.125) {
        @Override
        void launch(KernelLauncher launcher, Operands on) {
            new Compression24(launcher).select(on.w(), on.norms(), on.values(), on.metadata(), MetadataOrder.REORDERED);
        }
    },

    NORMS("norms", "column squares", 64, 2) {
        @Override
        void launch(KernelLauncher launcher, Operands on) {
            new ColumnSquaresFold(launcher).fold(on.w(), on.w().rows(), 1, on.norms(), on.values());
        }

        @Override
        List<LayerShape> shapes() {
            return List.of(new LayerShape(16_384, 4096, 0), new LayerShape(16_384, 11_008, 0),
                    new LayerShape(2048, 4096, 0), new LayerShape(2048, 11_008, 0));
        }
    };

    private final String group;
    private final String title;
    private final int rowUnit;
    private final double bytesPerElement;

    /**
     * @param rowUnit rows that a block takes at once
     * @param bytesPerElement of an F16 matrix, read and written
     */
    KernelCase(String group, String title, int rowUnit, double bytesPerElement) {
        this.group = group;
        this.title = title;
        this.rowUnit = rowUnit;
        this.bytesPerElement = bytesPerElement;
    }

    /** Carries out the kernel's launches. */
    abstract void launch(KernelLauncher launcher, Operands on);

    /** Where no others are asked for: the linear layers of a block of LLaMA-7B, or their inputs. */
    List<LayerShape> shapes() {
        return LayerShape.LLAMA_7B;
    }

    /** Name of the benchmark's group. */
    String group() {
        return group;
    }

    String title() {
        return title + " f16";
    }

    int rowUnit() {
        return rowUnit;
    }

    double bytes(LayerShape shape) {
        return bytesPerElement * shape.elements();
    }

    /** All groups, in order. */
    static List<String> groups() {
        return Stream.of(values()).map(KernelCase::group).distinct().toList();
    }
}
