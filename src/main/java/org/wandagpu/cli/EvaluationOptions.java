package org.wandagpu.cli;

import java.nio.file.Path;
import org.wandagpu.failure.UsageException;
import picocli.CommandLine.Option;

/** What perplexity is measured on. */
final class EvaluationOptions {

    @Option(names = "--text", paramLabel = "TEXT", description =
        "wikitext2 (default): the hub's raw WikiText-2 test split; embedded: WordNet's glosses, in this jar (default for"
            + " embedded models); or a file: .txt as it stands, .raw in WikiText's rows, .jsonl, .json.gz, .parquet.")
    private String text;

    @Option(names = "--ids", paramLabel = "FILE", description = "Windows as token ids, a JSON array of arrays.")
    private Path idsFile;

    @Option(names = "--seqlen", paramLabel = "TOKENS", description =
        "Tokens of a window. Default: what the model was made for, at most 2048.")
    private int seqlen;

    @Option(names = "--windows", paramLabel = "N", description = "The first N windows only. Default: all.")
    private int windows;

    /** The request that the options make. */
    Evaluation.Request request(boolean embeddedModel) {
        if (text != null && idsFile != null) {
            throw new UsageException("--text and --ids exclude each other; drop one");
        }
        if (windows < 0 || seqlen < 0 || seqlen == 1) {
            throw new UsageException("--seqlen and --windows: give a window at least 2 tokens and at least 1 window");
        }
        String name = text != null ? text : embeddedModel ? "embedded" : "wikitext2";
        return new Evaluation.Request("--text", name, idsFile, seqlen, windows == 0 ? Integer.MAX_VALUE : windows);
    }
}
