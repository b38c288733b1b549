package org.wandagpu.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** A simulated GPU with one module from the test resources, and arrays in and out of it. */
final class Ptx {

    final SimulatedGpu gpu;
    private final PtxModule module;

    private Ptx(String name, String text, Schedule schedule) {
        gpu = new SimulatedGpu(schedule);
        module = gpu.load(name, text);
    }

    static Ptx resource(String name) {
        return resource(name, Schedule.NATURAL);
    }

    static Ptx resource(String name, Schedule schedule) {
        return new Ptx(name, read(name), schedule);
    }

    static Ptx text(String name, String text, Schedule schedule) {
        return new Ptx(name, text, schedule);
    }

    /** A module of one kernel {@code k}, with a head before its text. */
    static Ptx kernel(String parameters, String body) {
        return new Ptx("test.ptx", ".version 7.8\n.target sm_80\n.address_size 64\n.visible .entry k(" + parameters
                + ")\n{\n" + body + "\n}\n", Schedule.NATURAL);
    }

    static String read(String name) {
        try (InputStream in = Ptx.class.getResourceAsStream("/ptx/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long ints(int... values) {
        long address = gpu.allocate(4L * values.length);
        gpu.copyIn(address, MemorySegment.ofArray(values));
        return address;
    }

    long put(MemorySegment values) {
        long address = gpu.allocate(values.byteSize());
        gpu.copyIn(address, values);
        return address;
    }

    long longs(long... values) {
        return put(MemorySegment.ofArray(values));
    }

    long floats(float... values) {
        return put(MemorySegment.ofArray(values));
    }

    long doubles(double... values) {
        return put(MemorySegment.ofArray(values));
    }

    long zeros(int bytes) {
        return put(MemorySegment.ofArray(new byte[bytes]));
    }

    long empty(int ints) {
        return gpu.allocate(4L * ints);
    }

    int[] ints(long address, int count) {
        int[] values = new int[count];
        gpu.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    long[] longs(long address, int count) {
        long[] values = new long[count];
        gpu.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    float[] floats(long address, int count) {
        float[] values = new float[count];
        gpu.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    double[] doubles(long address, int count) {
        double[] values = new double[count];
        gpu.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    LaunchReport launch(String kernel, int blocks, int threads, Object... parameters) {
        return gpu.launch(module, kernel, blocks, 1, 1, threads, 1, 1, 0, parameters);
    }

    LaunchReport launch(String kernel, int[] grid, int[] block, Object... parameters) {
        return gpu.launch(module, kernel, grid[0], grid[1], grid[2], block[0], block[1], block[2], 0, parameters);
    }

    LaunchReport launchWithShared(String kernel, int threads, int sharedBytes, Object... parameters) {
        return gpu.launch(module, kernel, 1, 1, 1, threads, 1, 1, sharedBytes, parameters);
    }
}
