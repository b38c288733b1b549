package org.wandagpu.cli;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wandagpu.failure.UsageException;
import picocli.CommandLine.Option;

/** Where a pruned checkpoint goes. */
final class OutputOptions {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(KB|MB|GB)?");

    @Option(names = "--output", paramLabel = "DIR", description =
        "Folder for the pruned checkpoint; must not exist. While the run lasts, DIR.partial holds what is done.")
    private Path folder;

    @Option(names = "--max-shard-size", paramLabel = "SIZE", description =
        "Cut the weights into files of at most this, for example 5GB (decimal). Default: the source's own files.")
    private String maxShardSize;

    @Option(names = "--resume", description =
        "Go on where an earlier run of the same command was stopped; ends with the same bytes.")
    private boolean resume;

    @Option(names = "--dry-run", description = "Print the plan of memory and time and stop.")
    private boolean dryRun;

    boolean isDryRun() {
        return dryRun;
    }

    boolean isResume() {
        return resume;
    }

    /** The output folder. */
    Path folder() {
        if (folder == null) {
            throw new UsageException("--output is missing: name a new folder for the pruned checkpoint");
        }
        return folder;
    }

    /** The most bytes of a file, 0 = as in the source. */
    long maxShardBytes() {
        if (maxShardSize == null) {
            return 0;
        }
        Matcher matcher = SIZE.matcher(maxShardSize);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new UsageException("--max-shard-size " + maxShardSize + ": give a size like 500MB or 5GB");
        }
        long unit = switch (matcher.group(2)) {
            case "KB" -> 1_000;
            case "MB" -> 1_000_000;
            case "GB" -> 1_000_000_000;
            case null, default -> 1;
        };
        return Long.parseLong(matcher.group(1)) * unit;
    }
}
