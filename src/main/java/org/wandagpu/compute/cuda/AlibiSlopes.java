package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.wandagpu.cuda.DeviceBuffer;

/**
 * ALiBi's slopes on the device: those of the call before, which nearly every call takes again, so none is copied twice.
 */
final class AlibiSlopes implements AutoCloseable {

    private final KernelRuntime runtime;
    private float[] slopes;
    private DeviceBuffer copy;

    AlibiSlopes(KernelRuntime runtime) {
        this.runtime = runtime;
    }

    /** @param wanted one a head, or null; answered by 0 */
    long address(float[] wanted) {
        if (wanted == null) {
            return 0;
        }
        if (!Arrays.equals(wanted, slopes)) {
            close();
            copy = runtime.allocate((long) Float.BYTES * wanted.length);
            runtime.copyIn(copy.address(), MemorySegment.ofArray(wanted));
            slopes = wanted.clone();
        }
        return copy.address();
    }

    @Override
    public void close() {
        slopes = null;
        if (copy != null) {
            DeviceBuffer old = copy;
            copy = null;
            old.close();
        }
    }
}
