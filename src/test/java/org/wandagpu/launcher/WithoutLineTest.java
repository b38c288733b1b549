package org.wandagpu.launcher;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WithoutLineTest {

    private static final String END = System.lineSeparator();

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final WithoutLine stream = new WithoutLine(written, "no");

    private void write(String text) throws IOException {
        stream.write(text.getBytes(US_ASCII));
    }

    @Test
    void theLineIsLeftOutWhereverItStands() throws IOException {
        write("first" + END + "no" + END + "last" + END);

        assertThat(written).hasToString("first" + END + "last" + END);
    }

    @Test
    void theLineIsLeftOutHoweverItIsCut() throws IOException {
        for (char c : ("no" + END + "x").toCharArray()) {
            write(String.valueOf(c));
        }
        assertThat(written).hasToString("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"note", "on", "a no", " no", "n", "no", "nno", "no no", "\rno", ""})
    void otherLinesStayAsTheyAre(String line) throws IOException {
        write(line + "." + END + line);
        stream.close();

        assertThat(written).hasToString(line + "." + END + line);
    }

    @Test
    void whatCannotBecomeTheLineAppearsAtOnce() throws IOException {
        write("50 %");
        assertThat(written).hasToString("50 %");
    }

    @Test
    void onlyTheFirstSuchLineIsLeftOut() throws IOException {
        write("no" + END + "no" + END);
        assertThat(written).hasToString("no" + END);
    }
}
