package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.failure.BadInputException;

class TokenIdFileTest {

    @TempDir
    private Path folder;

    @Test
    void rowsAreReadInOrder() throws IOException {
        assertThat(TokenIdFile.read(file(" [[0, 1,2],\n[99,4,5]] \n"), 100))
                .containsExactly(new int[] {0, 1, 2}, new int[] {99, 4, 5});
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[[1,2],[3]]              | row 1 has 1 ids, row 0 has 2; all rows must be of one length",
        "[[1,2],[3,4,5]]          | row 1 has 3 ids, row 0 has 2; all rows must be of one length",
        "[[1,2],[3,100]]          | row 1, column 1: token id 100 is not in the vocabulary of 100",
        "[[1,-2]]                 | row 0, column 1: token id -2 is not in the vocabulary of 100",
        "[[4294967297]]           | row 0, column 0: token id 4294967297 is not in the vocabulary of 100",
        "[[1e1]]                  | row 0, column 0: 1e1 is not an integer",
        "[[1.0]]                  | row 0, column 0: 1.0 is not an integer",
        "[[1,\"2\"]]              | row 0, column 1: 2 is not an integer",
        "[[1,null]]               | row 0, column 1: null is not an integer",
        "[[1,[2]]]                | row 0, column 1: [ is not an integer",
        "[[1],2]                  | row 1 is not an array of token ids",
        "[1,2]                    | row 0 is not an array of token ids",
        "[[1]] [[2]]              | something follows the array of rows",
        "[]                       | holds no token ids",
        "[[]]                     | holds no token ids",
        "{\"ids\": [[1]]}         | not a JSON array; it must be an array of arrays of token ids",
        "` `                      | not a JSON array; it must be an array of arrays of token ids",
    })
    void whatIsWrongIsNamedWithRowAndColumn(String content, String message) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> TokenIdFile.read(file, 100))
                .isInstanceOf(BadInputException.class).hasMessage(file + ": " + message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"[[1,2|1", "[[1,2]|1", "[[1,,2]]|1", "'[[1],\n[x]]'|2"})
    void brokenJsonIsNamedWithItsLine(String content, int line) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> TokenIdFile.read(file, 100)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ", line " + line + ", column ").hasMessageContaining("not valid JSON");
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        Path file = file("[[" + "[".repeat(100_000));
        assertThatThrownBy(() -> TokenIdFile.read(file, 100)).isInstanceOf(BadInputException.class);
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("none.json");
        assertThatThrownBy(() -> TokenIdFile.read(file, 100)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": no such file; give a JSON file with an array of arrays of token ids");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("ids.json"), content);
    }
}
