package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.text.CalibrationSampler.Draw;

class CalibrationSamplerTest {

    @TempDir
    private Path folder;

    @Test
    void placesInARowAreThoseOfThePublishedCode() {
        for (JsonNode item : Fixtures.sampler().at("/row/cases")) {
            int[] row = IntStream.range(0, item.get("tokens").intValue()).toArray();
            int seqlen = item.get("seqlen").intValue();
            int[] starts = Fixtures.ints(item.get("starts"));
            List<int[]> samples = CalibrationSampler.fromRow(row, item.get("nsamples").intValue(), seqlen,
                    item.get("seed").longValue(), "row");
            assertThat(samples).hasSize(starts.length);
            for (int i = 0; i < starts.length; i++) {
                assertThat(samples.get(i)).isEqualTo(IntStream.range(starts[i], starts[i] + seqlen).toArray());
            }
        }
    }

    @Test
    void aRowThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> CalibrationSampler.fromRow(new int[64], 1, 64, 0, "a.txt"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("a.txt: 64 tokens are too few for a calibration sample of 64; lower --seqlen below 64 "
                        + "or give a longer text");
    }

    @Test
    void documentsTriedPlacesAndSamplesAreThoseOfThePublishedCode() {
        JsonNode golden = Fixtures.sampler().get("documents");
        Path file = Fixtures.shared(golden.get("file").textValue());
        Path model = Fixtures.shared(golden.get("tokenizer").textValue()).getParent();
        try (Recorder documents = new Recorder(TextFiles.openDocuments(file));
                Tokenizer tokenizer = Tokenizer.open(model)) {
            assertThat(documents.count()).isEqualTo(golden.get("count").intValue());
            for (JsonNode item : golden.get("cases")) {
                assertDrawsEqual(item, documents, tokenizer);
            }
        }
    }

    private static void assertDrawsEqual(JsonNode item, Recorder documents, Tokenizer tokenizer) {
        documents.tried.clear();
        List<Draw> draws = CalibrationSampler.drawFromDocuments(documents, tokenizer, item.get("nsamples").intValue(),
                item.get("seqlen").intValue(), item.get("seed").longValue());
        List<Integer> tried = new ArrayList<>();
        for (int i = 0; i < draws.size(); i++) {
            JsonNode expected = item.get("draws").get(i);
            Draw draw = draws.get(i);
            assertThat(draw.document()).isEqualTo(expected.get("document").intValue());
            assertThat(draw.documentTokens()).isEqualTo(expected.get("length").intValue());
            assertThat(draw.start()).isEqualTo(expected.get("start").intValue());
            if (item.has("windows")) {
                assertThat(draw.sample()).isEqualTo(Fixtures.ints(item.get("windows").get(i)));
            }
            expected.get("tried").forEach(index -> tried.add(index.intValue()));
        }
        assertThat(documents.tried).isEqualTo(tried);
    }

    @Test
    void samplesOfSmolLm2AreThoseItWasPrunedWith() throws Exception {
        JsonNode golden = Fixtures.json(Fixtures.shared("golden/smollm2-135m/calibration_ids.json"));
        try (Documents documents = TextFiles.openDocuments(Fixtures.shared("data/c4/c4-sample.jsonl"));
                Tokenizer tokenizer = Tokenizer.open(SmolLm2.tokenizer(folder))) {
            List<int[]> samples = CalibrationSampler.fromDocuments(documents, tokenizer,
                    golden.get("nsamples").intValue(), golden.get("seqlen").intValue(), golden.get("seed").longValue());
            List<int[]> expected = new ArrayList<>();
            golden.get("windows").forEach(window -> expected.add(Fixtures.ints(window)));
            assertThat(samples).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    /** The rule restated: documents of 1 to 6 letters, each a token beside the one that begins a text. */
    @Test
    void shortDocumentsArePassedOverAndReadOnce() throws Exception {
        StringBuilder lines = new StringBuilder();
        IntStream.rangeClosed(1, 6).forEach(n -> lines.append("{\"text\": \"").append("!".repeat(n)).append("\"}\n"));
        Path file = Files.writeString(folder.resolve("a.jsonl"), lines);
        try (Recorder documents = new Recorder(TextFiles.openDocuments(file));
                Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            int[] lengths = IntStream.range(0, 6).map(i -> tokenizer.encode(documents.text(i)).length).toArray();
            documents.tried.clear();
            List<Draw> draws = CalibrationSampler.drawFromDocuments(documents, tokenizer, 50, 4, 7);
            PythonRandom random = new PythonRandom(7);
            for (Draw draw : draws) {
                int document;
                do {
                    document = random.randint(0, 5);
                } while (lengths[document] <= 4);
                assertThat(draw.document()).isEqualTo(document);
                assertThat(draw.start()).isEqualTo(random.randint(0, lengths[document] - 5));
                assertThat(draw.sample()).hasSize(4);
            }
            for (int i = 0; i < 6; i++) {
                if (lengths[i] <= 4) {
                    assertThat(documents.tried).containsOnlyOnce(i);
                }
            }
        }
    }

    @Test
    void documentsThatAreAllTooShortEndWithAMessage() throws Exception {
        Path file = Files.writeString(folder.resolve("a.jsonl"), """
                {"text": "!"}
                {"text": "!!!"}
                {"text": ""}
                """);
        try (Documents documents = TextFiles.openDocuments(file);
                Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            int longest = tokenizer.encode("!!!").length;
            assertThatThrownBy(() -> CalibrationSampler.fromDocuments(documents, tokenizer, 1, 8, 0))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(file + ": none of the 3 documents has more than 8 tokens, the longest has " + longest
                            + "; lower --seqlen below " + longest + " or give longer documents");
        }
    }

    @Test
    void hashesOfIdsAreThoseOfTheirDecimalsWithCommas() {
        assertThat(Sha256.ofIds(List.of(new int[] {5, 10}, new int[] {0, 7}))).isEqualTo(Sha256.ofText("5,10,0,7"));
        assertThat(Sha256.ofText("abc")) // FIPS 180-2, appendix B.1
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    /** Passes documents on and notes which were asked for. */
    private record Recorder(Documents documents, List<Integer> tried) implements Documents {

        Recorder(Documents documents) {
            this(documents, new ArrayList<>());
        }

        @Override
        public int count() {
            return documents.count();
        }

        @Override
        public String text(int index) {
            tried.add(index);
            return documents.text(index);
        }

        @Override
        public String where() {
            return documents.where();
        }

        @Override
        public void close() {
            documents.close();
        }
    }
}
