package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class WriteFaultTest {

    private static final Path FULL = Path.of("/dev/full");

    @Test
    void theSystemsOwnWordsForAFullDiskAreRecognised() throws IOException {
        Assumptions.assumeTrue(Files.exists(FULL));
        try (FileChannel channel = FileChannel.open(FULL, StandardOpenOption.WRITE)) {
            IOException full = catchThrowableOfType(IOException.class, () -> channel.write(ByteBuffer.allocate(1)));
            assertThat(WriteFault.translate(FULL, full)).hasCause(full)
                    .hasMessage("/dev/full: no space is left on its disk; free some and run again with --resume");
        }
    }

    @Test
    void otherFailuresAreToldInTheSystemsWords() {
        Path file = Path.of("out", "x");
        assertThat(WriteFault.translate(file, new IOException("Input/output error\nmore")))
                .hasMessage("out/x: reading or writing failed (Input/output error\\u000amore); see to it and run again"
                        + " with --resume");
        assertThat(WriteFault.translate(file, new AccessDeniedException("out/x")))
                .hasMessage("out/x: reading or writing failed (permission denied); see to it and run again with"
                        + " --resume");
    }
}
