package org.wandagpu.cuda.jcuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wandagpu.cuda.DeviceAttribute;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.cuda.Driver;
import org.wandagpu.cuda.Event;
import org.wandagpu.cuda.FunctionAttribute;
import org.wandagpu.cuda.Gpu;
import org.wandagpu.cuda.KernelModule;
import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.cuda.PinnedBuffer;
import org.wandagpu.cuda.Stream;
import org.wandagpu.failure.DeviceException;

/** Makes every call of the seam once, through JCuda, and prints what comes back. Its own process: it loads a driver. */
final class JCudaSession {

    private JCudaSession() {
    }

    /** @param arguments the PTX to load */
    public static void main(String[] arguments) {
        try {
            use(new JCudaCalls(), arguments[0]);
        } catch (DeviceException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static void use(Driver driver, String ptx) {
        System.out.println(driver.deviceCount() + " devices");
        try (Gpu gpu = new Gpu(driver, 0); Stream stream = gpu.stream(); KernelModule module = gpu.load("test.ptx", ptx);
                DeviceBuffer buffer = gpu.allocate(64); PinnedBuffer pinned = gpu.allocatePinned(64);
                Event first = gpu.event(); Event second = gpu.event()) {
            System.out.printf("%s, %d bytes, driver %s, %d processors%n", gpu.name(), gpu.memoryBytes(),
                    gpu.driverVersion(), gpu.attribute(DeviceAttribute.MULTIPROCESSORS));
            System.out.printf("shared %d, local %d%n", module.attribute("arguments", FunctionAttribute.SHARED_BYTES),
                    module.attribute("arguments", FunctionAttribute.LOCAL_BYTES));
            stream.record(first);
            stream.fill(buffer.address(), (byte) 9, 64);
            stream.launch(module, "arguments", new LaunchShape(5, 6, 7, 96, 50_000), buffer.address(), 1L << 40, -3, 0.25f);
            MemorySegment memory = pinned.memory();
            stream.copyOut(buffer.address(), memory);
            stream.record(second);
            stream.synchronize();
            System.out.printf("kernel saw %d %d %s, then %d%n", memory.get(ValueLayout.JAVA_LONG, 0),
                    memory.get(ValueLayout.JAVA_INT, 8), memory.get(ValueLayout.JAVA_FLOAT, 12),
                    memory.get(ValueLayout.JAVA_BYTE, 16));
            stream.copyIn(buffer.address() + 16, memory.asSlice(0, 8));
            stream.copy(buffer.address() + 16, buffer.address() + 8, 8);
            stream.copyOut(buffer.address(), memory);
            stream.synchronize();
            System.out.println("copied " + memory.get(ValueLayout.JAVA_LONG, 8));
            System.out.println(second.millisecondsSince(first) + " ms");
            Thread other = new Thread(() -> gpu.allocate(8).close());
            other.start();
            join(other);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
