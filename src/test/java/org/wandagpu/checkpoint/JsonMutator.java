package org.wandagpu.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Damages JSON text: at random in its bytes, and with malice in its numbers, texts and nesting. */
final class JsonMutator {

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final Pattern TEXT = Pattern.compile("\"[^\"\\\\]*\"");

    private static final List<String> VALUES = List.of("0", "-1", "1", "2", "3", "-0", "0.5", "1e9", "1e999", "-1e999",
            "1e-400", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
            "18446744073709551615", "18446744073709551616", "1" + "0".repeat(60), "0." + "3".repeat(200), "NaN", "null",
            "true", "false", "[]", "{}", "[[]]", "\"\"", "\"4096\"", "[1,2,3]", "{\"a\":{}}", "01", "1.", "+1");

    private static final List<String> TEXTS = List.of("", "../x.safetensors", "/etc/passwd", "a\\\\b", "C:x", "\\u0000",
            "\\ud800", "..", ".", "con", "F32", "BF16", "F4", "U64", "llama", "mistral", "qwen2", "qwen3", "opt",
            "bloom", "gpt_neox", "mamba", "yarn", "llama3", "dynamic", "linear", "relu", "gelu", "silu",
            "sliding_attention", "__metadata__", "n".repeat(5000));

    private final Random random;

    JsonMutator(Random random) {
        this.random = random;
    }

    /** One mutation of a text, sometimes two or three. */
    byte[] mutate(byte[] json) {
        byte[] mutated = mutateOnce(json);
        for (int more = random.nextInt(8) - 5; more > 0; more--) {
            mutated = mutateOnce(mutated);
        }
        return mutated;
    }

    private byte[] mutateOnce(byte[] json) {
        if (json.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int from = random.nextInt(json.length);
        int to = from + random.nextInt(Math.min(40, json.length - from) + 1);
        return switch (random.nextInt(12)) {
            case 0 -> flipBits(json);
            case 1 -> Arrays.copyOf(json, from);
            case 2 -> splice(json, from, to, new byte[0]);
            case 3 -> splice(json, from, from, Arrays.copyOfRange(json, from, to));
            case 4 -> splice(json, from, to, randomBytes());
            case 5 -> splice(json, from, from, nesting());
            case 6 -> splice(json, from, from, " ".repeat(random.nextInt(20)).getBytes(StandardCharsets.UTF_8));
            case 7, 8, 9 -> replace(json, NUMBER, VALUES.get(random.nextInt(VALUES.size())));
            case 10 -> replace(json, TEXT, '"' + TEXTS.get(random.nextInt(TEXTS.size())) + '"');
            default -> replace(json, random.nextBoolean() ? TEXT : NUMBER, oneOf(json, TEXT));
        };
    }

    private byte[] flipBits(byte[] json) {
        byte[] flipped = json.clone();
        for (int count = 1 + random.nextInt(8); count > 0; count--) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    /** Now and then deep enough to exhaust any stack. */
    private byte[] nesting() {
        int depth = 1 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 30);
        return (random.nextBoolean() ? "[" : "{\"a\":").repeat(depth).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] splice(byte[] json, int from, int to, byte[] middle) {
        ByteArrayOutputStream spliced = new ByteArrayOutputStream();
        spliced.write(json, 0, from);
        spliced.write(middle, 0, middle.length);
        spliced.write(json, to, json.length - to);
        return spliced.toByteArray();
    }

    private static List<int[]> places(byte[] json, Pattern pattern) {
        List<int[]> places = new ArrayList<>();
        Matcher matcher = pattern.matcher(new String(json, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            places.add(new int[] {matcher.start(), matcher.end()});
        }
        return places;
    }

    private byte[] replace(byte[] json, Pattern pattern, String replacement) {
        List<int[]> places = places(json, pattern);
        if (places.isEmpty()) {
            return flipBits(json);
        }
        int[] place = places.get(random.nextInt(places.size()));
        return splice(json, place[0], place[1], replacement.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String oneOf(byte[] json, Pattern pattern) {
        List<int[]> places = places(json, pattern);
        if (places.isEmpty()) {
            return "\"\"";
        }
        int[] place = places.get(random.nextInt(places.size()));
        return new String(json, place[0], place[1] - place[0], StandardCharsets.ISO_8859_1);
    }
}
