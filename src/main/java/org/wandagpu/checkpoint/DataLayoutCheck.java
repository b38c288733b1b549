package org.wandagpu.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks that the tensors of a header fill the data of its file exactly: no hole, no overlap, sizes as the shapes. */
final class DataLayoutCheck {

    private static final Comparator<TensorEntry> BY_PLACE =
            Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end);

    private final Path file;
    private final long dataBytes;

    /** @param dataBytes bytes of the file behind its header */
    DataLayoutCheck(Path file, long dataBytes) {
        this.file = file;
        this.dataBytes = dataBytes;
    }

    /**
     * Checks all entries.
     *
     * @param entries in any order
     * @return the entries ordered by their place in the file; of empty tensors at one place, as the header has them
     * @throws org.wandagpu.failure.BadInputException at the first entry, by place, that is wrong
     */
    Map<String, TensorEntry> inOrder(Map<String, TensorEntry> entries) {
        List<TensorEntry> sorted = new ArrayList<>(entries.values());
        sorted.forEach(this::checkSize);
        sorted.sort(BY_PLACE);
        Map<String, TensorEntry> ordered = LinkedHashMap.newLinkedHashMap(sorted.size());
        TensorEntry last = null;
        long end = 0;
        for (TensorEntry entry : sorted) {
            checkPlace(entry, last, end);
            ordered.put(entry.name(), entry);
            last = entry;
            end = entry.end();
        }
        if (end != dataBytes) {
            throw SafetensorsFault.BYTES_BEHIND.in(file, dataBytes - end, end);
        }
        return ordered;
    }

    private void checkSize(TensorEntry entry) {
        String name = Shown.text(entry.name());
        if (entry.end() < entry.begin()) {
            throw SafetensorsFault.END_BEFORE_BEGIN.in(file, name, entry.begin(), entry.end());
        }
        String shape = Arrays.toString(entry.shape());
        long bits;
        try {
            bits = SafetensorsLayout.bits(entry.dtype(), entry.shape());
        } catch (ArithmeticException e) {
            throw SafetensorsFault.SIZE_OVERFLOW.in(file, name, entry.dtype(), shape);
        }
        if (bits % Byte.SIZE != 0) {
            throw SafetensorsFault.PART_OF_A_BYTE.in(file, name, entry.dtype(), shape);
        }
        if (entry.byteSize() != bits / Byte.SIZE) {
            throw SafetensorsFault.WRONG_SIZE.in(file, name, entry.begin(), entry.end(), entry.byteSize(),
                    entry.dtype(), shape, bits / Byte.SIZE);
        }
    }

    private void checkPlace(TensorEntry entry, TensorEntry last, long end) {
        String name = Shown.text(entry.name());
        if (entry.begin() < end) {
            throw SafetensorsFault.OVERLAP.in(file, name, entry.begin(), Shown.text(last.name()), end);
        }
        if (entry.begin() > end) {
            throw SafetensorsFault.HOLE.in(file, name, entry.begin(), entry.begin() - end);
        }
        if (entry.end() > dataBytes) {
            throw SafetensorsFault.CUT_OFF.in(file, name, entry.end(), dataBytes);
        }
    }
}
