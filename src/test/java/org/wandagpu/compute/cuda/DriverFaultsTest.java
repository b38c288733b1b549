package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.cuda.FailingDriver;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.simulator.SimulatorDriver;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** Every driver call of a pruning run fails once: the failure is what is thrown, and nothing stays open. */
class DriverFaultsTest {

    private static final int ROWS = 6;
    private static final int COLUMNS = 40;
    private static final long MEMORY = 1 << 24;

    @Test
    void everyCallMayFail() {
        FailingDriver sound = run(-1);
        assertThat(sound.givenOut()).isZero();
        Set<String> failed = new TreeSet<>();
        for (int i = 0; i < sound.calls().size(); i++) {
            int failing = i;
            FailingDriver[] driver = new FailingDriver[1];
            assertThatThrownBy(() -> run(driver, failing)).as("call %d", i).isInstanceOf(DeviceException.class)
                    .hasMessage("planted failure of " + sound.calls().get(i));
            assertThat(driver[0].givenOut()).as("open after call %d, %s", i, driver[0].failed()).isZero();
            failed.add(driver[0].failed());
        }
        assertThat(failed).isEqualTo(new TreeSet<>(sound.calls()))
                .contains("allocate", "loadModule", "launch", "copyOut", "synchronize", "free", "closeContext");
    }

    private static FailingDriver run(int failing) {
        FailingDriver[] driver = new FailingDriver[1];
        run(driver, failing);
        return driver[0];
    }

    private static void run(FailingDriver[] driver, int failing) {
        driver[0] = new FailingDriver(new SimulatorDriver("test", 2, MEMORY), failing);
        OracleWeights dense = OracleWeights.random(OracleWeights.Kind.values()[0], DType.F16, ROWS, COLUMNS, 3);
        float[][] activations = new float[ROWS][COLUMNS];
        try (Device device = CudaDevice.over(KernelRuntime.open("sim", driver[0].driver(), 0));
                Tensor w = dense.on(device);
                Tensor x = OracleWeights.of(DType.F32, activations).on(device);
                Tensor s = device.allocate(DType.F32, 1, COLUMNS)) {
            device.ops().foldColumnSquares(x, ROWS, 0, s);
            device.ops().zeroSmallestInRows(w, s, COLUMNS / 4);
            device.ops().zeroSmallestInGroups(w, s, new NmPattern(2, 4));
            device.ops().zeroSmallestInLayer(w, s, 150);
            device.ops().zeroByScoreShare(w, s, 0.7);
        }
    }

}
