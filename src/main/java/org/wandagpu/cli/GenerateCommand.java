package org.wandagpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wandagpu.checkpoint.GuardedJson;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.UsageException;
import org.wandagpu.generate.Generator;
import org.wandagpu.result.GenerateResult;
import org.wandagpu.schedule.PhaseClock;
import org.wandagpu.text.Tokenizer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Continues a text. */
@Command(name = "generate", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Continues a prompt with a checkpoint, dense or pruned.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  wanda-gpu generate --model embedded:tiny-llama --prompt 'dog: '",
            "  wanda-gpu generate --model pruned --prompt 'Once' --temperature 0.8",
            "  wanda-gpu generate --model pruned --prompt-ids 1,403,261 --max-tokens 20"})
final class GenerateCommand implements Callable<Integer> {

    private static final int CONFIG_DEPTH = 16;
    private static final int CONFIG_BYTES = 4_000_000;

    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nModel:%n")
    private final ModelOptions model = new ModelOptions();

    @Option(names = "--prompt", paramLabel = "TEXT", description = "The text to continue.")
    private String prompt;

    @Option(names = "--prompt-ids", paramLabel = "IDS", split = ",",
            description = "The prompt as token ids: 1,2,3. The new tokens are printed as ids where there is no tokenizer.")
    private int[] promptIds;

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "100",
            description = "The most new tokens. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0",
            description = "0 takes the most likely token; above 0 draws. Default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of the draws. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        check();
        PhaseClock clock = new PhaseClock();
        RunReport report = new RunReport(spec, common.json());
        try (OpenModel opened = model.open(common.console());
                Tokenizer tokenizer = prompt != null || hasTokenizer(opened) ? opened.tokenizer() : null;
                Device device = common.openDevice()) {
            int[] ids = prompt != null ? tokenizer.encode(prompt) : promptIds;
            checkIds(ids, opened);
            GenerateResult result = opened.use(() -> generate(opened, tokenizer, device, ids, clock));
            common.console().note(String.format(Locale.ROOT, "%d new tokens, %.1f a second", result.ids().length,
                    result.tokensPerSecond()));
            if (report.isWanted()) {
                report.write(opened.describe(opened.checkpoint().sha256()), device, clock.seconds(), result);
            }
            return 0;
        }
    }

    private void check() {
        if ((prompt == null) == (promptIds == null)) {
            throw new UsageException("give a prompt, either --prompt TEXT or --prompt-ids 1,2,3");
        }
        if (maxTokens < 1 || !(temperature >= 0 && Double.isFinite(temperature))) {
            throw new UsageException("--max-tokens must be at least 1 and --temperature a number from 0 on");
        }
    }

    private static void checkIds(int[] ids, OpenModel opened) {
        int vocabulary = opened.decoder().spec().vocabSize();
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new UsageException("--prompt-ids: " + id + " is not an id of this model, which has 0 to "
                        + (vocabulary - 1));
            }
        }
    }

    private static boolean hasTokenizer(OpenModel opened) {
        return Files.exists(opened.checkpoint().folder().resolve("tokenizer.json"));
    }

    private GenerateResult generate(OpenModel opened, Tokenizer tokenizer, Device device, int[] ids, PhaseClock clock) {
        int positions = opened.decoder().spec().maxPositions();
        int capacity = (int) Math.min(positions, (long) ids.length + maxTokens);
        Generator.Options options = new Generator.Options(maxTokens, temperature, seed, endTokens(opened, tokenizer));
        TextStream stream = new TextStream(tokenizer, common.console().out(), ids);
        try (Generator generator = clock.get("load", () -> new Generator(device, opened.decoder(), capacity))) {
            if (prompt != null) {
                common.console().out().print(prompt);
                common.console().out().flush();
            }
            long begin = System.nanoTime();
            int[] tokens = clock.get("forward", () -> generator.generate(ids, options, stream::add));
            double seconds = (System.nanoTime() - begin) / 1e9;
            stream.end();
            return new GenerateResult(ids, tokens, tokenizer == null ? null : tokenizer.decode(tokens),
                    tokens.length / seconds);
        }
    }

    /** The ids that end a text: generation_config.json's and config.json's, else the tokenizer's. */
    private static Set<Integer> endTokens(OpenModel opened, Tokenizer tokenizer) {
        Set<Integer> ends = new HashSet<>();
        Path generation = opened.checkpoint().folder().resolve("generation_config.json");
        List<JsonNode> files = Files.exists(generation)
                ? Arrays.asList(GuardedJson.readObject(generation, CONFIG_DEPTH, CONFIG_BYTES), opened.checkpoint().config())
                : List.of(opened.checkpoint().config());
        for (JsonNode file : files) {
            JsonNode end = file.path("eos_token_id");
            if (end.isInt()) {
                ends.add(end.intValue());
            }
            end.forEach(id -> ends.add(id.asInt(-1)));
        }
        if (tokenizer != null && tokenizer.endId() != null) {
            ends.add(tokenizer.endId());
        }
        return ends;
    }
}
