package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.made.MadeCheckpoint;

/** Result files are what docs/result.schema.json says. */
class ResultSchemaTest {

    private final Schema schema;

    @TempDir
    private Path folder;
    private Path model;
    private Path ids;
    private Path result;

    ResultSchemaTest() throws IOException {
        schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("docs/result.schema.json")), InputFormat.JSON);
    }

    @BeforeEach
    void makeModel() {
        model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        ids = Workbench.ids(folder, 2, 24, 16);
        result = folder.resolve("result.json");
    }

    private void assertValid(Object... arguments) throws IOException {
        Cli.Outcome outcome = Cli.run(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(schema.validate(Files.readString(result), InputFormat.JSON)).isEmpty();
    }

    @Test
    void everyCommandWritesAValidFile() throws IOException {
        Path pruned = folder.resolve("pruned");
        assertValid("prune", "--model", model, "--calibration-ids", ids, "--output", pruned, "--json", result);
        assertValid("eval", "--model", pruned, "--ids", ids, "--json", result);
        assertValid("inspect", "--model", pruned, "--compare", model, "--json", result);
        assertValid("generate", "--model", pruned, "--prompt-ids", "1,2,3", "--max-tokens", 4, "--json", result);
        assertValid("prune", "--model", "embedded:tiny-llama", "--nsamples", 1, "--seqlen", 16, "--output",
                folder.resolve("tiny"), "--json", result);
    }

    @Test
    void aFileWithoutTheCommandsFieldsIsNotValid() throws IOException {
        assertValid("eval", "--model", model, "--ids", ids, "--json", result);
        String spoilt = Files.readString(result).replace("\"windowLosses\"", "\"losses\"");
        assertThat(schema.validate(spoilt, InputFormat.JSON)).isNotEmpty();
    }
}
