package org.wandagpu.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The tokenizer of SmolLM2-135M, taken out of the GGUF file beside the clone by the converter there. */
final class SmolLm2 {

    private static final String CONVERT = """
            import sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            import gguf_to_hf
            tokenizer, config = gguf_to_hf.make_tokenizer(gguf_to_hf.Gguf(sys.argv[2]).meta)
            gguf_to_hf.write_json(sys.argv[3] + "/tokenizer.json", tokenizer)
            gguf_to_hf.write_json(sys.argv[3] + "/tokenizer_config.json", config)
            """;

    private SmolLm2() {
    }

    /** Writes the tokenizer into a folder; skips the test where the files, Python or numpy are not there. */
    static Path tokenizer(Path folder) throws IOException, InterruptedException {
        Path tools = Fixtures.shared("tools");
        Path model = Fixtures.shared("models/smollm2-135m-gguf/smollm2-135m-instruct-q4_1.gguf");
        Process python = null;
        try {
            python = new ProcessBuilder("python3", "-c", CONVERT, tools.toString(), model.toString(), folder.toString())
                    .redirectErrorStream(true).redirectOutput(folder.resolve("python.log").toFile()).start();
        } catch (IOException e) {
            Assumptions.abort("no python3 here: " + e.getMessage());
        }
        boolean done = python.waitFor(60, TimeUnit.SECONDS) && python.exitValue() == 0;
        String log = Files.readString(folder.resolve("python.log"));
        Assumptions.assumeTrue(done, "the converter does not run here: " + log);
        return folder;
    }
}
