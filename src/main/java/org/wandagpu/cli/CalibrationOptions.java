package org.wandagpu.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.UsageException;
import org.wandagpu.generate.SelfCalibration;
import org.wandagpu.result.PruneResult;
import org.wandagpu.schedule.Progress;
import org.wandagpu.text.CalibrationSampler;
import org.wandagpu.text.Documents;
import org.wandagpu.text.EmbeddedText;
import org.wandagpu.text.Sha256;
import org.wandagpu.text.TextFiles;
import org.wandagpu.text.TokenIdFile;
import org.wandagpu.text.Tokenizer;
import picocli.CommandLine.Option;

/** Where calibration samples come from. */
final class CalibrationOptions {

    @Option(names = "--calibration", paramLabel = "SOURCE", description =
        "c4 (default), wikitext2: the hub's data sets; embedded: WordNet's glosses, in this jar (default for embedded"
            + " models); self: text drawn from the model itself; or a file: .txt, .jsonl, .json.gz, .parquet.")
    private String source;

    @Option(names = "--calibration-ids", paramLabel = "FILE", description =
        "Samples as token ids, a JSON array of arrays: no tokenizer, no sampling.")
    private Path idsFile;

    @Option(names = "--nsamples", paramLabel = "N", description = "Calibration samples. Default: ${DEFAULT-VALUE}.")
    private int nsamples = 128;

    @Option(names = "--seqlen", paramLabel = "TOKENS", description =
        "Tokens of a sample. Default: what the model was made for, at most 2048.")
    private int seqlen;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws, as in the published code. Default: ${DEFAULT-VALUE}.")
    private long seed;

    /**
     * Calibration samples and what a result file says of them.
     *
     * @param samples token ids, all of one length
     * @param description source, hash, numbers
     */
    record Samples(List<int[]> samples, PruneResult.Calibration description) {
    }

    /**
     * How much will be sampled.
     *
     * @param nsamples number of samples
     * @param seqlen tokens of each
     */
    record Size(int nsamples, int seqlen) {
    }

    /** How much {@link #load} will give, for the plan: nothing but a file of ids is read. */
    Size size(OpenModel model) {
        checkNumbers();
        if (idsFile == null) {
            return new Size(nsamples, model.seqlen(seqlen));
        }
        List<int[]> ids = readIds(model);
        return new Size(ids.size(), model.seqlen(ids.getFirst().length));
    }

    private List<int[]> readIds(OpenModel model) {
        if (source != null) {
            throw new UsageException("--calibration and --calibration-ids exclude each other; drop one");
        }
        return TokenIdFile.read(idsFile, model.decoder().spec().vocabSize());
    }

    /** What drawing the samples needs on the device before the prune begins, as a line of the plan; else empty. */
    String drawingPlan(OpenModel model, Device device) {
        return "self".equals(source)
                ? String.format(Locale.ROOT, "  before that, drawing samples %,.1f MB%n",
                        SelfCalibration.memoryBytes(device, model.decoder(), model.seqlen(seqlen)) / 1e6)
                : "";
    }

    /** Draws or reads the samples. */
    Samples load(OpenModel model, ModelOptions modelOptions, Device device, Console console, Progress progress) {
        checkNumbers();
        if (idsFile != null) {
            return describe(idsFile.toString(), model, readIds(model));
        }
        int length = model.seqlen(seqlen);
        String name = source != null ? source : modelOptions.isEmbedded() ? "embedded" : "c4";
        if (name.equals("self")) {
            return describe(name, model, SelfCalibration.draw(device, model.decoder(),
                    new SelfCalibration.Options(nsamples, length, seed, model.firstToken()), progress));
        }
        try (Tokenizer tokenizer = model.tokenizer()) {
            return describe(name, model, draw(name, tokenizer, length, modelOptions.hub(console)));
        }
    }

    private void checkNumbers() {
        if (nsamples < 1) {
            throw new UsageException("--nsamples " + nsamples + ": give at least 1");
        }
        if (seqlen < 0) {
            throw new UsageException("--seqlen " + seqlen + ": give at least 1");
        }
    }

    private List<int[]> draw(String name, Tokenizer tokenizer, int length, HubAccess hub) {
        return switch (name) {
            case "embedded" -> row(EmbeddedText.calibration(), tokenizer, length, name);
            case "wikitext2" -> row(TextFiles.readRow(hub.wikitext2("train")), tokenizer, length, name);
            case "c4" -> documents(hub.c4(), tokenizer, length);
            default -> {
                Path file = InputPath.of("--calibration", name);
                yield TextFiles.holdsDocuments(file)
                        ? documents(file, tokenizer, length)
                        : row(TextFiles.readRow(file), tokenizer, length, name);
            }
        };
    }

    private List<int[]> row(String text, Tokenizer tokenizer, int length, String where) {
        return CalibrationSampler.fromRow(tokenizer.encode(text), nsamples, length, seed, where);
    }

    private List<int[]> documents(Path file, Tokenizer tokenizer, int length) {
        try (Documents documents = TextFiles.openDocuments(file)) {
            return CalibrationSampler.fromDocuments(documents, tokenizer, nsamples, length, seed);
        }
    }

    private Samples describe(String name, OpenModel model, List<int[]> samples) {
        int length = model.seqlen(samples.getFirst().length);
        return new Samples(samples, new PruneResult.Calibration(name, Sha256.ofIds(samples), samples.size(), length, seed,
                (long) samples.size() * length));
    }
}
