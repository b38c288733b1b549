package org.wandagpu.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/**
 * What one run of the program did: the fields that every command has, and those of its own beside them.
 *
 * @param schemaVersion version of this layout
 * @param command name of the command
 * @param version version of the program
 * @param arguments the command line behind the command's name
 * @param model the model worked on; absent where there was none
 * @param device where it was worked on; absent where nothing was computed
 * @param seconds wall time: {@code total} and the phases
 * @param peakMemoryBytes highest use of memory
 * @param details the command's own fields, written beside the others
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunResult(
        int schemaVersion,
        String command,
        String version,
        List<String> arguments,
        Model model,
        DeviceUsed device,
        Map<String, Double> seconds,
        PeakMemory peakMemoryBytes,
        @JsonUnwrapped CommandResult details) {

    /** The version of the layout that this program writes. */
    public static final int SCHEMA_VERSION = 1;

    /**
     * A model.
     *
     * @param name as given on the command line
     * @param family its {@code model_type}
     * @param parameters number of weights
     * @param sha256 hash of the weight files
     */
    public record Model(String name, String family, long parameters, String sha256) {
    }

    /**
     * A device.
     *
     * @param kind {@code cpu}, {@code cuda}, {@code sim}
     * @param name the device's own name
     * @param driver version of its driver, absent on a CPU
     * @param memoryBytes all of its memory
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record DeviceUsed(String kind, String name, String driver, long memoryBytes) {
    }

    /**
     * Highest use of memory.
     *
     * @param host resident set of the process, mapped files included; 0 where the system does not tell
     * @param device tensors on the device
     */
    public record PeakMemory(long host, long device) {
    }
}
