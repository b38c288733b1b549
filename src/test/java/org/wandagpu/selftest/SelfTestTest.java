package org.wandagpu.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.device.Devices;
import org.wandagpu.selftest.SelfTest.Outcome;
import org.wandagpu.tensor.DType;

/** The self test passes on a right device and sees a wrong one. */
class SelfTestTest {

    private static final List<int[]> WEIGHTS = List.of(new int[] {3, 7}, new int[] {32, 64});
    private static final List<int[]> ACTIVATIONS = List.of(new int[] {9, 40});

    private static Device open(String kind) {
        return Devices.open(kind, 1, note -> { });
    }

    @Test
    void theShippedKernelsPass() {
        try (Device sim = open("sim"); Device cpu = open("cpu")) {
            List<Outcome> outcomes = new SelfTest(sim, cpu, WEIGHTS, ACTIVATIONS).run(outcome -> { });
            assertThat(outcomes).hasSize(86).allMatch(Outcome::passed);
            assertThat(outcomes.getFirst()).isEqualTo(
                    new Outcome("scores", DType.F16, 6, 3 * (3 * 7 + 32 * 64), "[32, 64]", 0, 0, ""));
            assertThat(outcomes.getLast().operation()).isEqualTo("gelu tanh, gated");
        }
    }

    /** Loses one weight more in one row of a matrix of 64 columns, and counts a token twice. */
    @Test
    void aWrongKernelIsNamedWithItsShape() {
        try (Device right = open("cpu"); Device cpu = open("cpu")) {
            Ops wrong = (Ops) Proxy.newProxyInstance(Ops.class.getClassLoader(), new Class<?>[] {Ops.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("zeroSmallestInRows") && ((Tensor) arguments[0]).columns() == 64) {
                            arguments[2] = (int) arguments[2] + 1;
                        }
                        if (method.getName().equals("linear")) {
                            arguments[2] = null; // the bias
                        }
                        if (method.getName().equals("foldColumnSquares")) {
                            arguments[2] = 0;
                        }
                        try {
                            return method.invoke(right.ops(), arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            List<Outcome> failed = new SelfTest(with(right, wrong), cpu, WEIGHTS, ACTIVATIONS).run(outcome -> { })
                    .stream().filter(outcome -> !outcome.passed()).toList();
            assertThat(failed).extracting(Outcome::operation).containsOnly("rows, 50 %", "rows, 90 %", "column squares", "linear")
                    .hasSize(9);
            assertThat(failed.getFirst().firstDifference()).isEqualTo("[32, 64] trained");
        }
    }

    private static Device with(Device device, Ops ops) {
        return (Device) Proxy.newProxyInstance(Device.class.getClassLoader(), new Class<?>[] {Device.class},
                (proxy, method, arguments) -> method.getName().equals("ops") ? ops : method.invoke(device, arguments));
    }
}
