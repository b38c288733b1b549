package org.wandagpu.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wandagpu.cuda.jcuda.PtxAssembler;

/** {@code kernels/RESOURCES.md}: what JCuda's PTX compiler says that the kernels take. */
final class KernelResources {

    static final Path KERNELS = Path.of("kernels");
    static final Path FILE = KERNELS.resolve("RESOURCES.md");
    static final List<String> TARGETS = List.of("sm_80", "sm_86", "sm_89", "sm_90a");

    private static final String HEAD = """
            # Resources of the kernels

            Written by `make kernels` from what the PTX compiler of CUDA 12 in JCuda says: registers of a thread on
            %s, static shared memory of a block in bytes (where targets differ: the most), spilled registers in
            bytes, all targets together. A driver's own compiler may give other registers.

            | file | entry | registers | shared | spills |
            |---|---|---|---|---|
            """.formatted(String.join(" / ", TARGETS));

    private KernelResources() {
    }

    static String table() throws IOException {
        StringBuilder table = new StringBuilder(HEAD);
        for (Path ptx : ptxFiles()) {
            String source = ptx.getFileName().toString().replace(".ptx", ".cu");
            uses(Files.readString(ptx)).forEach((entry, uses) -> table.append(row(source, entry, uses)));
        }
        return table.toString();
    }

    private static Map<String, List<PtxAssembler.Use>> uses(String ptx) {
        Map<String, List<PtxAssembler.Use>> byEntry = new TreeMap<>();
        for (String target : TARGETS) {
            PtxAssembler.assemble(ptx, target).forEach(
                    (entry, use) -> byEntry.computeIfAbsent(entry, first -> new ArrayList<>()).add(use));
        }
        return byEntry;
    }

    private static String row(String source, String entry, List<PtxAssembler.Use> uses) {
        return "| %s | %s | %s | %d | %d |%n".formatted(source, entry,
                uses.stream().map(use -> String.valueOf(use.registers())).collect(Collectors.joining(" / ")),
                uses.stream().mapToInt(PtxAssembler.Use::sharedBytes).max().orElseThrow(),
                uses.stream().mapToInt(PtxAssembler.Use::spillBytes).sum());
    }

    private static List<Path> ptxFiles() throws IOException {
        try (Stream<Path> files = Files.list(KERNELS)) {
            return files.filter(file -> file.toString().endsWith(".ptx")).sorted().toList();
        }
    }
}
