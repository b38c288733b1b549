package org.wandagpu.compute.cuda;

import java.util.Arrays;
import java.util.List;

/** Registers that the kernels take, from the table that is made beside their PTX ({@code kernels/RESOURCES.md}). */
public final class KernelRegisters {

    private static final int ENTRY = 2;
    private static final int REGISTERS = 3;
    private static final String EACH = " / ";

    private KernelRegisters() {
    }

    /**
     * Registers of a thread.
     *
     * @param target that the table has a column for, as {@code sm_80}
     */
    public static int of(String entry, String target) {
        List<String> lines = ShippedKernels.text("RESOURCES.md").lines().toList();
        int column = lines.stream().filter(line -> line.startsWith("sm_")).findFirst()
                .map(line -> Arrays.asList(line.replaceAll(",.*", "").split(EACH)).indexOf(target)).orElse(-1);
        return lines.stream().map(line -> line.split("\\s*\\|\\s*"))
                .filter(cells -> cells.length > REGISTERS && cells[ENTRY].equals(entry) && column >= 0)
                .map(cells -> Integer.parseInt(cells[REGISTERS].split(EACH)[column]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no registers of " + entry + " on " + target));
    }
}
