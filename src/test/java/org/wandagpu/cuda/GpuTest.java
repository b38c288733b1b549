package org.wandagpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wandagpu.failure.OutOfDeviceMemoryException;
import org.wandagpu.simulator.SimulatorDriver;

/** Every handle has one owner, who closes it once and in time. */
class GpuTest {

    private static final long MEMORY = 1 << 20;

    private static Gpu open() {
        return new Gpu(new SimulatorDriver("test", 2, MEMORY), 0);
    }

    @Test
    void whatIsLeftOpenIsGivenBackAndReported() {
        Gpu gpu = open();
        gpu.stream();
        DeviceBuffer leaked = gpu.allocate(100);
        assertThatThrownBy(gpu::close).isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("left open on cuda:0: stream \\d+, device memory of 100 bytes at 0x\\w+");
        assertThat(gpu.allocatedBytes()).isZero();
        assertThatThrownBy(leaked::close).as("after its GPU").isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingIsUsedOrClosedAfterItsClose() {
        try (Gpu gpu = open(); Stream stream = gpu.stream()) {
            DeviceBuffer buffer = gpu.allocate(8);
            PinnedBuffer pinned = gpu.allocatePinned(8);
            Event event = gpu.event();
            for (Handle handle : List.of(buffer, pinned, event)) {
                handle.close();
                assertThatThrownBy(handle::close).isInstanceOf(IllegalStateException.class)
                        .hasMessageEndingWith("is used after it was closed");
            }
            assertThatThrownBy(buffer::address).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(pinned::memory).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stream.record(event)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aClosedGpuTakesNoWork() {
        Gpu gpu = open();
        gpu.close();
        assertThatThrownBy(() -> gpu.allocate(8)).isInstanceOf(IllegalStateException.class)
                .hasMessage("cuda:0 is used after it was closed");
    }

    @Test
    void memoryIsCounted() {
        try (Gpu gpu = open()) {
            try (DeviceBuffer first = gpu.allocate(300); DeviceBuffer second = gpu.allocate(200)) {
                assertThat(gpu.allocatedBytes()).isEqualTo(first.bytes() + second.bytes());
            }
            assertThat(gpu.allocatedBytes()).isZero();
            assertThat(gpu.peakAllocatedBytes()).isEqualTo(500);
        }
    }

    @Test
    void noRoomIsAFailureOfItsOwnAndLeavesNothingOpen() {
        try (Gpu gpu = open(); DeviceBuffer most = gpu.allocate(MEMORY - 8)) {
            assertThatThrownBy(() -> gpu.allocate(9)).isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageContaining("no room for 9 bytes: 1048568 of 1048576 bytes are taken");
            gpu.allocate(8).close();
            assertThat(gpu.allocatedBytes()).isEqualTo(most.bytes());
        }
    }

    /** On a GPU a copy may or may not be done when the call returns; the simulator takes the worse. */
    @Test
    void workIsNotDoneBeforeItIsWaitedFor() {
        try (Gpu gpu = open(); Stream stream = gpu.stream(); DeviceBuffer buffer = gpu.allocate(4);
                PinnedBuffer pinned = gpu.allocatePinned(4)) {
            MemorySegment memory = pinned.memory();
            memory.set(ValueLayout.JAVA_INT, 0, 7);
            stream.copyIn(buffer.address(), memory);
            memory.set(ValueLayout.JAVA_INT, 0, 8);
            stream.copyOut(buffer.address(), memory);
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(8);
            stream.synchronize();
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).as("the copy in saw the change").isEqualTo(8);
            stream.fill(buffer.address(), (byte) 1, 4);
            stream.copyOut(buffer.address(), memory);
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(8);
            stream.synchronize();
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(0x01010101);
        }
    }

    @Test
    void everyOneIsClosedWhicheverFails() {
        try (Gpu gpu = open()) {
            DeviceBuffer closed = gpu.allocate(1);
            closed.close();
            DeviceBuffer open = gpu.allocate(2);
            assertThatThrownBy(() -> Handle.closeAll(List.of(closed, open))).isInstanceOf(IllegalStateException.class);
            assertThat(gpu.allocatedBytes()).isZero();
        }
    }
}
