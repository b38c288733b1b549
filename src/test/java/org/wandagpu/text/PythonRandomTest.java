package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonRandomTest {

    @Test
    void rawOutputIsThatOfPython() {
        for (JsonNode item : Fixtures.sampler().at("/getrandbits/cases")) {
            PythonRandom random = new PythonRandom(item.get("seed").longValue());
            for (JsonNode value : item.get("values")) {
                assertThat(Integer.toUnsignedLong(random.getrandbits32())).as("%s", item).isEqualTo(value.longValue());
            }
        }
    }

    @Test
    void randintIsThatOfPython() {
        for (JsonNode item : Fixtures.sampler().at("/randint/cases")) {
            PythonRandom random = new PythonRandom(item.get("seed").longValue());
            int high = item.get("n").intValue() - 1;
            int[] expected = Fixtures.ints(item.get("values"));
            assertThat(IntStream.range(0, expected.length).map(_ -> random.randint(0, high)).toArray())
                    .as("%s", item).isEqualTo(expected);
        }
    }

    /** By Python 3.11.7: getrandbits(32), randint(0, 356316) twice after two more words, randint(-3, 3). */
    @ParameterizedTest
    @CsvSource({
        "-1,                   577090037,  33086,  3,  965274705",
        "-42,                  2746317213, 144194, 2,  220106707",
        "4294967296,           485306839,  8743,   3,  1171684293",
        "1099511627793,        2840774218, 239934, 0,  298450309",
        "9223372036854775807,  1359979423, 69565,  0,  1660987579",
        "-9223372036854775808, 2377109768, 109751, -1, 1619261210",
    })
    void seedsOfEverySizeAndSignAreThoseOfPython(long seed, long first, int fourth, int small, int large) {
        PythonRandom random = new PythonRandom(seed);
        assertThat(Integer.toUnsignedLong(random.getrandbits32())).isEqualTo(first);
        random.getrandbits32();
        random.getrandbits32();
        assertThat(random.randint(0, 356316)).isEqualTo(fourth);
        random.randint(0, 356316);
        random.randint(0, 356316);
        assertThat(random.randint(5, 5)).isEqualTo(5);
        assertThat(random.randint(-3, 3)).isEqualTo(small);
        assertThat(random.randint(0, Integer.MAX_VALUE - 1)).isEqualTo(large);
    }

    /** By Python 3.11.7, seed 0: the last word of the first state, the first of the second, the 2000th of all. */
    @Test
    void theStreamGoesOnBeyondOneState() {
        PythonRandom random = new PythonRandom(0);
        long[] words = IntStream.range(0, 2000).map(_ -> random.getrandbits32())
                .mapToLong(Integer::toUnsignedLong).toArray();
        assertThat(new long[] {words[623], words[624], words[1999]})
                .isEqualTo(new long[] {2_390_040_247L, 2_229_104_038L, 3_908_016_617L});
    }

    @Test
    void emptyRangesAreRefused() {
        PythonRandom random = new PythonRandom(0);
        assertThatThrownBy(() -> random.randbelow(0)).hasMessage("no number is below n: n=0");
        assertThatThrownBy(() -> random.randint(3, 2)).hasMessage("no number is below n: n=0");
        assertThatThrownBy(() -> random.randint(Integer.MIN_VALUE, 0)).isInstanceOf(ArithmeticException.class);
    }
}
