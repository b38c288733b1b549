package org.wandagpu.cuda.jcuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/** JCuda's pointers from addresses, and back: its own have neither. */
final class Pointers {

    private Pointers() {
    }

    /** A device pointer that a call fills in. */
    static final class DevicePointer extends CUdeviceptr {
        long address() {
            return getNativePointer();
        }
    }

    /** A host pointer that a call fills in, or one to memory outside the Java heap. */
    static final class HostPointer extends Pointer {

        HostPointer() {
            // filled in by a call
        }

        HostPointer(MemorySegment memory) {
            super(memory.address());
        }

        long address() {
            return getNativePointer();
        }
    }

    /** A stream that a call fills in. */
    static final class NativeStream extends CUstream {
        long address() {
            return getNativePointer();
        }
    }

    static CUdeviceptr device(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    /** A kernel's arguments, as an array of pointers to them. */
    static Pointer arguments(Object... values) {
        Pointer[] pointers = new Pointer[values.length];
        for (int i = 0; i < values.length; i++) {
            pointers[i] = switch (values[i]) {
                case Long number -> Pointer.to(new long[] {number});
                case Integer number -> Pointer.to(new int[] {number});
                case Float number -> Pointer.to(new float[] {number});
                default -> throw new IllegalArgumentException(
                        "no kernel argument of " + values[i].getClass().getSimpleName());
            };
        }
        return Pointer.to(pointers);
    }
}
