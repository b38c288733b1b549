package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against hashes that git and sha256sum print. */
class ContentHashTest {

    private static final String GIT = "ce013625030ba8dba906f756967f9e9ca394464a";
    private static final String SHA256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    @TempDir
    Path folder;

    @Test
    void lengthOfTheNameTellsTheKindOfHash() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "hello\n");
        assertThat(ContentHash.mismatch(file, GIT)).isEmpty();
        assertThat(ContentHash.mismatch(file, SHA256)).isEmpty();
        assertThat(ContentHash.mismatch(file, GIT.replace('c', 'd')))
                .contains("git SHA-1 is " + GIT + ", expected " + GIT.replace('c', 'd'));
        assertThat(ContentHash.mismatch(file, SHA256.replace('5', '6')))
                .contains("SHA-256 is " + SHA256 + ", expected " + SHA256.replace('5', '6'));
    }

    @Test
    void otherNamesAreNoHashes() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "hello\n");
        for (String etag : new String[] {"", "5f3e-abc", GIT.toUpperCase(), SHA256.substring(1)}) {
            assertThat(ContentHash.isHash(etag)).isFalse();
            assertThat(ContentHash.mismatch(file, etag)).isEmpty();
        }
    }

    @Test
    void theEmptyFileHasAHash() throws IOException {
        Path file = Files.createFile(folder.resolve("f"));
        assertThat(ContentHash.mismatch(file, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")).isEmpty();
    }
}
