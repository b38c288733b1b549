package org.wandagpu.result;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;

/** Writes a result file in one piece: to a temporary file beside it, then by rename. */
public final class ResultFile {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;

    /**
     * Checks that the file can be written, before any work is done for it.
     *
     * @throws BadInputException if its folder does not exist or cannot be written
     */
    public ResultFile(Path file) {
        this.file = file;
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file) || !Files.isWritable(folder)) {
            throw new BadInputException("--json " + file + ": not a file in a folder that can be written; choose another");
        }
    }

    /** @throws WorkFailedException if writing fails */
    public void write(RunResult result) {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
            Files.writeString(temporary, JSON.writer(printer).writeValueAsString(result) + "\n");
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new WorkFailedException("--json " + file + " could not be written: " + e.getMessage(), e);
        }
    }
}
