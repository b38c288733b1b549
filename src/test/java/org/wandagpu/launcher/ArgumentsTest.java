package org.wandagpu.launcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    private static Arguments of(Charset charset, byte[] commandLine, String... decoded) {
        return Arguments.of(decoded, commandLine, charset);
    }

    @Test
    void whatTheLocaleCanSayGoesOnTheCommandLine() {
        Arguments arguments = of(UTF_8, "java\0-jar\0x.jar\0prune\0\0grüße\0".getBytes(UTF_8), "prune", "", "grüße");

        assertThat(arguments.needFile()).isFalse();
        assertThat(arguments.words("Main")).containsExactly("Main", "prune", "", "grüße");
    }

    @Test
    void whatTheLocaleCannotSayGoesIntoAFileByteForByte() {
        byte[] commandLine = "java\0-jar\0x.jar\0\u00ff \"\\\n\r\t\f'$\0\0".getBytes(ISO_8859_1);
        Arguments arguments = of(US_ASCII, commandLine, "\ufffd \"\\\n\r\t\f'$", "");

        assertThat(arguments.needFile()).isTrue();
        assertThat(new String(arguments.file("Main"), ISO_8859_1))
                .isEqualTo("Main\n\"\u00ff \\\"\\\\\\n\\r\\t\\f'$\"\n\"\"\n");
    }

    @Test
    void withoutTheBytesTheDecodedArgumentsHaveToDo() {
        assertThat(of(US_ASCII, new byte[0], "gr??e").needFile()).isFalse();
        assertThat(of(US_ASCII, new byte[0]).words("Main")).containsExactly("Main");
    }

    @Test
    void aCommandLineOfOtherArgumentsIsNotMistakenForTheBytes() {
        byte[] commandLine = "java\0-cp\0\u00e9.jar\0@file\0".getBytes(UTF_8);

        assertThat(of(US_ASCII, commandLine, "-jar", "??").needFile()).isFalse();
    }
}
