package org.wandagpu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.result.PruneResult;

/** The table that the published code writes into its {@code --save} folder: method, actual sparsity, perplexity. */
final class ReferenceLog {

    private ReferenceLog() {
    }

    /** @throws WorkFailedException if the file cannot be written */
    static void write(Path folder, PruneResult result) {
        Path file = folder.resolve("log_" + result.method() + ".txt");
        Double perplexity = result.evaluation().perplexity();
        try {
            Files.createDirectories(folder);
            Files.writeString(file, String.format(Locale.ROOT, "method\tactual_sparsity\tppl_test%n%s\t%.4f\t%s%n",
                    result.method(), result.sparsity().actual(),
                    perplexity == null ? "nan" : String.format(Locale.ROOT, "%.4f", perplexity)));
        } catch (IOException e) {
            throw new WorkFailedException(file + " could not be written: " + e.getMessage(), e);
        }
    }
}
