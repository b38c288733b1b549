package org.wandagpu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.wandagpu.compute.Device;
import org.wandagpu.result.CommandResult;
import org.wandagpu.result.ResultFile;
import org.wandagpu.result.RunResult;
import picocli.CommandLine.Model.CommandSpec;

/** Writes a command's result file, if one was asked for. Made before the work, so that a bad path costs nothing. */
final class RunReport {

    private final ResultFile file;
    private final CommandSpec command;

    RunReport(CommandSpec command, Path json) {
        this.command = command;
        this.file = json == null ? null : new ResultFile(json);
    }

    /** Whether somebody wants a result file. */
    boolean isWanted() {
        return file != null;
    }

    /**
     * Writes the file.
     *
     * @param model null where there was none
     * @param device null where nothing was computed
     */
    void write(RunResult.Model model, Device device, Map<String, Double> seconds, CommandResult details) {
        if (file != null) {
            file.write(new RunResult(RunResult.SCHEMA_VERSION, command.name(), Version.number(), arguments(), model,
                    device == null ? null : describe(device), seconds,
                    new RunResult.PeakMemory(peakResidentBytes(), device == null ? 0 : device.peakAllocatedBytes()), details));
        }
    }

    private List<String> arguments() {
        return command.commandLine().getParseResult().originalArgs();
    }

    private static RunResult.DeviceUsed describe(Device device) {
        return new RunResult.DeviceUsed(device.kind(), device.name(), device.driver(), device.memoryBytes());
    }

    /** The process's highest resident set so far, by Linux; 0 elsewhere. */
    private static long peakResidentBytes() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }
}
