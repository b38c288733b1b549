package org.wandagpu.inspect;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wandagpu.result.InspectResult;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.TensorSource;

/** Compares two checkpoints element by element, by their stored bits. */
public final class CheckpointComparison {

    private CheckpointComparison() {
    }

    /**
     * One side of a comparison.
     *
     * @param label what to call it
     * @param names all its tensors
     * @param source gives them
     */
    public record Side(String label, List<String> names, TensorSource source) {
    }

    /** What differs between two checkpoints. */
    public static InspectResult.Comparison of(Side here, Side there) {
        List<String> differentShape = new ArrayList<>();
        Map<String, Long> changed = new TreeMap<>();
        Map<String, Long> zeroed = new TreeMap<>();
        for (String name : here.names()) {
            if (!there.source().has(name)) {
                continue;
            }
            HostTensor a = here.source().tensor(name);
            HostTensor b = there.source().tensor(name);
            if (a.dtype() != b.dtype() || !Arrays.equals(a.shape(), b.shape())) {
                differentShape.add(name);
            } else if (a.bytes().mismatch(b.bytes()) >= 0) {
                count(a, b, changed, zeroed);
            }
        }
        return new InspectResult.Comparison(there.label(), missing(here, there), missing(there, here), differentShape,
                changed, zeroed);
    }

    private static List<String> missing(Side from, Side in) {
        return from.names().stream().filter(name -> !in.source().has(name)).toList();
    }

    private static void count(HostTensor a, HostTensor b, Map<String, Long> changed, Map<String, Long> zeroed) {
        int width = Math.max(1, a.dtype().bits() / 8);
        long different = 0;
        long newZeros = 0;
        for (long at = 0; at < a.bytes().byteSize(); at += width) {
            if (MemorySegment.mismatch(a.bytes(), at, at + width, b.bytes(), at, at + width) >= 0) {
                different++;
                newZeros += isZero(a, at, width) ? 1 : 0;
            }
        }
        changed.put(a.name(), different);
        if (newZeros > 0) {
            zeroed.put(a.name(), newZeros);
        }
    }

    private static boolean isZero(HostTensor tensor, long at, int width) {
        for (int i = 0; i < width; i++) {
            byte value = tensor.bytes().get(java.lang.foreign.ValueLayout.JAVA_BYTE, at + i);
            boolean signByte = i == width - 1;
            if ((signByte ? value & 0x7F : value) != 0) {
                return false;
            }
        }
        return true;
    }
}
