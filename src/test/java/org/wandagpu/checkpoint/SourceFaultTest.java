package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.WorkFailedException;

/** A source file that is shortened while it is mapped: a real fault of the operating system, told in words. */
class SourceFaultTest {

    private static final int ELEMENTS = 1 << 20;

    @TempDir
    Path folder;
    private Path weights;

    @BeforeEach
    void checkpoint() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        String header = "{\"w\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%<d]}}".formatted(ELEMENTS);
        weights = SafetensorsBytes.write(folder.resolve("model.safetensors"), SafetensorsBytes.of(header, ELEMENTS));
    }

    @Test
    void aShortenedFileIsNamed() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            MemorySegment w = checkpoint.tensor("w").bytes();
            try (FileChannel file = FileChannel.open(weights, StandardOpenOption.WRITE)) {
                file.truncate(100);
            }
            InternalError error = catchThrowableOfType(InternalError.class,
                    () -> MemorySegment.ofArray(new byte[ELEMENTS]).copyFrom(w));
            assertThat(error).as("the operating system's fault").isNotNull();
            assertThat(SourceFault.translate(error, checkpoint))
                    .isInstanceOf(WorkFailedException.class)
                    .hasMessageStartingWith(weights + ": was changed while it was being read: it had ")
                    .hasMessageContaining(" and has 100, written ")
                    .hasCause(error);
        }
    }

    @Test
    void anyOtherErrorPassesUnchanged() {
        InternalError other = new InternalError("something else");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> SourceFault.translate(other, checkpoint)).isSameAs(other);
        }
    }
}
