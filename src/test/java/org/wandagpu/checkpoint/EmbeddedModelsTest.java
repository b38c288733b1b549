package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.UsageException;

/** The models of the jar, read from classes and from a jar. */
class EmbeddedModelsTest {

    @TempDir
    Path temporary;

    @Test
    void everyModelOpensAndHasItsFiles() {
        for (String name : EmbeddedModels.names()) {
            try (Checkpoint checkpoint = Checkpoint.open(EmbeddedModels.folder(name))) {
                assertThat(checkpoint.warnings()).as(name).isEmpty();
                assertThat(checkpoint.parameters()).as(name).isGreaterThan(500_000);
            }
        }
    }

    @Test
    void anUnknownModelIsRefusedWithTheListOfThoseThereAre() {
        assertThatThrownBy(() -> EmbeddedModels.folder("../tiny-llama")).isInstanceOf(UsageException.class)
                .hasMessage("embedded:../tiny-llama is no model of this program; it has tiny-llama, tiny-llama3,"
                        + " tiny-opt, tiny-bloom, tiny-pythia");
    }

    @Test
    void aModelInsideAJarHasTheSameTensorsAndHash() throws Exception {
        Path jar = temporary.resolve("with space.jar");
        Path classes = Path.of(EmbeddedModels.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (FileSystem inside = FileSystems.newFileSystem(jar, Map.of("create", "true"))) {
            copy(classes.resolve("models/tiny-opt"), inside.getPath("/models/tiny-opt"));
            copy(classes.resolve("org/wandagpu/checkpoint"), inside.getPath("/org/wandagpu/checkpoint"));
            copy(classes.resolve("org/wandagpu/failure"), inside.getPath("/org/wandagpu/failure"));
        }
        try (Checkpoint unpacked = Checkpoint.open(EmbeddedModels.folder("tiny-opt"));
                URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            var folder = loader.loadClass(EmbeddedModels.class.getName()).getMethod("folder", String.class);
            Path first = (Path) folder.invoke(null, "tiny-opt");
            Path again = (Path) folder.invoke(null, "tiny-opt");
            assertThat(again).isEqualTo(first);
            assertThat(first.getFileSystem()).isNotEqualTo(FileSystems.getDefault());
            try (FileSystem jarFiles = first.getFileSystem(); Checkpoint packed = Checkpoint.open(again)) {
                assertThat(packed.sha256()).isEqualTo(unpacked.sha256());
                assertThat(packed.names()).isEqualTo(unpacked.names());
                for (String name : packed.names()) {
                    assertThat(packed.tensor(name).bytes().mismatch(unpacked.tensor(name).bytes())).isEqualTo(-1);
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }
}
