package org.wandagpu.made;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.wandagpu.made.FamilyCases.FamilyCase;

/**
 * Writes every variant of {@link FamilyCases} below a folder, for {@code published_logits.py} in the test resources,
 * which computes their logits with the published model definitions.
 */
public final class WriteCases {

    private WriteCases() {
    }

    /** @param arguments the folder */
    public static void main(String[] arguments) throws IOException {
        int number = 0;
        for (FamilyCase variant : FamilyCases.all()) {
            Path folder = variant.checkpoint().write(Path.of(arguments[0]).resolve(String.format("%03d", number++)));
            Files.writeString(folder.resolve("case.txt"),
                    variant.name() + "\n" + variant.tokens() + "\n" + digest(folder));
        }
    }

    /** CRC-32 of config.json and the weights, so that stored logits cannot outlive the checkpoint they belong to. */
    public static String digest(Path folder) {
        CRC32 crc = new CRC32();
        try (var files = Files.list(folder)) {
            List<Path> inOrder = files.sorted()
                    .filter(file -> file.toString().matches(".*(config\\.json|\\.safetensors)")).toList();
            for (Path file : inOrder) {
                crc.update(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Long.toHexString(crc.getValue());
    }
}
