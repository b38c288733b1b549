package org.wandagpu.bench.kernels;

import java.util.Optional;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.cuda.CuSparseLt;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.failure.DeviceException;

/** cuSPARSELt's compression of a matrix that is 2:4 already: the peer of our selection and compression in one. */
final class CuSparseLtPeer {

    static final String NAME = "cuSPARSELt";

    private CuSparseLtPeer() {
    }

    /** Milliseconds of each round; nothing where the library is not installed or does not take the matrix. */
    static Optional<double[]> milliseconds(KernelRuntime runtime, LayerShape shape) {
        try (CuSparseLt library = new CuSparseLt()) {
            CuSparseLt.Room room = library.room(shape.rows(), shape.columns(), CuSparseLt.Type.F16);
            try (DeviceBuffer compressed = runtime.allocate(room.bytes());
                    DeviceBuffer scratch = runtime.allocate(Math.max(1, room.scratchBytes()))) {
                return Optional.of(new GpuTimer(runtime).milliseconds(shape, operands ->
                        library.compress(operands.w().address(), shape.rows(), shape.columns(), CuSparseLt.Type.F16,
                                compressed.address(), scratch.address(), runtime.stream())));
            }
        } catch (DeviceException e) {
            return Optional.empty();
        }
    }
}
