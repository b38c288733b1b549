package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/** What a good safetensors file gives, and the accepted lines of the format's official reader. */
class SafetensorsFileTest {

    private static final String A = "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}";
    private static final String B = "\"b\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[2,6]}";

    @TempDir
    Path folder;

    private SafetensorsFile open(String header, int dataBytes) {
        return SafetensorsFile.open(write(SafetensorsBytes.of(header, dataBytes)));
    }

    private Path write(byte[] bytes) {
        return SafetensorsBytes.write(folder.resolve("model.safetensors"), bytes);
    }

    private static byte[] bytes(HostTensor tensor) {
        return tensor.bytes().toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void tensorsComeInTheOrderOfTheirPlaceWithTheirBytes() {
        try (SafetensorsFile file = open("{" + B + "," + A + "}", 6)) {
            assertThat(file.tensors().keySet()).containsExactly("a", "b");
            assertThat(file.tensors().values()).extracting(HostTensor::name).containsExactly("a", "b");
            assertThat(file.tensors()).hasSize(2).containsKey("a").doesNotContainKey("c");
            assertThat(file.tensors().get("c")).isNull();
            HostTensor b = file.tensors().get("b");
            assertThat(b.dtype()).isEqualTo(DType.F16);
            assertThat(b.shape()).containsExactly(1, 2);
            assertThat(bytes(b)).containsExactly(2, 3, 4, 5);
            assertThat(b.bytes().isReadOnly()).isTrue();
            assertThat(file.headerBytes()).isEqualTo(A.length() + B.length() + 3);
            assertThat(file.byteSize()).isEqualTo(8 + file.headerBytes() + 6);
            assertThat(file.metadata()).isEmpty();
        }
    }

    @Test
    void metadataKeepsItsTextsAndTheirOrder() {
        try (SafetensorsFile file = open("{\"__metadata__\":{\"z\":\"1\",\"format\":\"pt\"}," + A + "}", 2)) {
            assertThat(file.metadata()).containsExactly(Map.entry("z", "1"), Map.entry("format", "pt"));
        }
    }

    @Test
    void whitespaceBeforeAndBehindTheObjectIsAccepted() {
        try (SafetensorsFile file = open(" \n\t\r{" + A + "} \n\t\r  ", 2)) {
            assertThat(file.tensors()).containsOnlyKeys("a");
        }
    }

    @Test
    void unknownFieldsOfATensorAreAccepted() {
        String extra = "\"a\":{\"x\":{\"y\":[1,{}]},\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"x\":null}";
        try (SafetensorsFile file = open("{" + extra + "}", 2)) {
            assertThat(file.tensors()).containsOnlyKeys("a");
        }
    }

    @Test
    void nullMetadataNoTensorsRankZeroAndAnEmptyNameAreAccepted() {
        try (SafetensorsFile file = open("{\"__metadata__\":null}", 0)) {
            assertThat(file.tensors()).isEmpty();
        }
        try (SafetensorsFile file = open("{}", 0)) {
            assertThat(file.tensors()).isEmpty();
        }
        try (SafetensorsFile file = open("{\"\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4)) {
            assertThat(file.tensors().get("").elements()).isEqualTo(1);
        }
    }

    @Test
    void emptyTensorsMayShareAnOffsetWithTheNext() {
        String empty = "\"%s\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[%d,%d]}";
        String header = "{" + B + "," + A + "," + empty.formatted("e1", 2, 2) + "," + empty.formatted("e2", 2, 2) + ","
                + empty.formatted("e3", 6, 6) + "," + empty.formatted("e0", 0, 0) + "}";
        try (SafetensorsFile file = open(header, 6)) {
            assertThat(file.tensors().keySet()).containsExactly("e0", "a", "e1", "e2", "b", "e3");
            assertThat(file.tensors().get("e3").bytes().byteSize()).isZero();
        }
    }

    @Test
    void headerAndDataMayStandAtAnyAddress() {
        String name = "\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}";
        for (int padding = 0; padding < 8; padding++) {
            String header = "{\"u\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[0,1]},"
                    + name.formatted("f", 1, 5) + "}" + " ".repeat(padding);
            try (SafetensorsFile file = open(header, 5)) {
                assertThat(bytes(file.tensors().get("f"))).as("padding " + padding).containsExactly(1, 2, 3, 4);
            }
        }
    }

    @Test
    void everyDTypeOfTheFormatIsRead() {
        for (DType dtype : DType.values()) {
            String header = "{\"t\":{\"dtype\":\"%s\",\"shape\":[4],\"data_offsets\":[0,%d]}}"
                    .formatted(dtype, dtype.bits() / 2);
            try (SafetensorsFile file = open(header, dtype.bits() / 2)) {
                assertThat(file.tensors().get("t").dtype()).isEqualTo(dtype);
            }
        }
    }

    @Test
    void aTensorBeyondTwoGibibytesIsAddressedExactly() throws IOException {
        long elements = (3L << 30) / 2;
        long end = 2 * elements;
        String header = "{\"big\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[0,%d]},".formatted(elements, end)
                + "\"last\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}}".formatted(end, end + 1);
        Path path = write(SafetensorsBytes.of(header, 0));
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(8 + header.length() + end + 1);
            sparse.seek(8 + header.length() + end - 1);
            sparse.write(new byte[] {77, 78});
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            HostTensor big = file.tensors().get("big");
            assertThat(big.elements()).isEqualTo(elements);
            assertThat(big.bytes().get(ValueLayout.JAVA_BYTE, end - 1)).isEqualTo((byte) 77);
            assertThat(bytes(file.tensors().get("last"))).containsExactly(78);
        }
    }

    @Test
    void aHeaderOfNearlyTheLimitWithAMillionTensorsLoads() {
        int count = 1_000_000;
        StringBuilder header = new StringBuilder(100_000_000).append('{');
        for (int i = 0; i < count; i++) {
            header.append("\"model.layers.").append(i)
                    .append(".mlp.w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[")
                    .append(i).append(',').append(i + 1).append("]},");
        }
        header.setCharAt(header.length() - 1, '}');
        header.append(" ".repeat(99_000_000 - header.length()));
        Path path = write(SafetensorsBytes.of(header.toString(), count));

        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(threads.getCurrentThreadCpuTime() - before).as("nanoseconds").isLessThan(10_000_000_000L);
            assertThat(file.tensors()).hasSize(count);
            assertThat(bytes(file.tensors().get("model.layers.257.mlp.w"))).containsExactly(1);
        }
    }

    @Test
    void aFileInsideAZipIsReadIntoMemory() throws IOException {
        byte[] content = SafetensorsBytes.of("{" + A + "," + B + "}", 6);
        Path zip = folder.resolve("models.zip");
        try (FileSystem inside = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Files.write(inside.getPath("/model.safetensors"), content);
        }
        try (FileSystem inside = FileSystems.newFileSystem(zip);
                SafetensorsFile file = SafetensorsFile.open(inside.getPath("/model.safetensors"))) {
            assertThat(bytes(file.tensors().get("b"))).containsExactly(2, 3, 4, 5);
            file.requireUnchanged();
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterCloseIsAnError() {
        SafetensorsFile file = open("{" + A + "}", 2);
        HostTensor a = file.tensors().get("a");
        file.close();
        file.close();
        assertThatThrownBy(() -> bytes(a)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFileThatChangedSinceItWasOpenedIsNoticed() throws IOException {
        byte[] content = SafetensorsBytes.of("{" + A + "}", 2);
        Path path = write(content);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.requireUnchanged();
            Files.write(path, new byte[] {1}, StandardOpenOption.APPEND);
            assertThatThrownBy(file::requireUnchanged)
                    .isInstanceOf(WorkFailedException.class)
                    .hasMessageStartingWith(path + ": was changed while it was being read: it had " + content.length
                            + " bytes")
                    .hasMessageEndingWith("put the original back and run again");
            Files.delete(path);
            assertThatThrownBy(file::requireUnchanged).hasMessageStartingWith(path + ": is gone");
        }
    }

    @Test
    void whatIsNotAFileIsRefusedWithoutBeingOpened() throws Exception {
        assertThatThrownBy(() -> SafetensorsFile.open(folder)).isInstanceOf(BadInputException.class)
                .hasMessage(folder + ": is not a regular file; give a safetensors file");
        Path fifo = folder.resolve("model.safetensors");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> SafetensorsFile.open(fifo)).isInstanceOf(BadInputException.class);
    }
}
