package org.wandagpu.cli;

import java.nio.file.Path;
import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.eval.Perplexity;
import org.wandagpu.result.EvalResult;
import org.wandagpu.schedule.Progress;
import org.wandagpu.text.EmbeddedText;
import org.wandagpu.text.EvaluationWindows;
import org.wandagpu.text.Sha256;
import org.wandagpu.text.TextFiles;
import org.wandagpu.text.TokenIdFile;
import org.wandagpu.text.Tokenizer;

/** Perplexity of a model on a text, from the words of the command line to the fields of a result file. */
final class Evaluation {

    /**
     * What to measure.
     *
     * @param option what names the text on the command line, for messages
     * @param text name of a text or a file
     * @param idsFile windows as token ids instead, or null
     * @param seqlen tokens of a window, 0 = the model's own
     * @param windows the most windows
     */
    record Request(String option, String text, Path idsFile, int seqlen, int windows) {
    }

    /**
     * Windows and where they came from.
     *
     * @param windows token ids, all of one length
     * @param text source and hash
     */
    record Windows(List<int[]> windows, EvalResult.Text text) {
    }

    private final Request request;
    private final HubAccess hub;

    Evaluation(Request request, HubAccess hub) {
        this.request = request;
        this.hub = hub;
    }

    /** Reads and cuts the text. */
    Windows windows(OpenModel model) {
        if (request.idsFile() != null) {
            List<int[]> all = TokenIdFile.read(request.idsFile(), model.decoder().spec().vocabSize());
            model.seqlen(all.getFirst().length);
            List<int[]> first = all.subList(0, Math.min(all.size(), request.windows()));
            return new Windows(first, new EvalResult.Text(request.idsFile().toString(), Sha256.ofIds(first)));
        }
        int seqlen = model.seqlen(request.seqlen());
        String content = read();
        try (Tokenizer tokenizer = model.tokenizer()) {
            List<int[]> windows = EvaluationWindows.of(tokenizer.encode(content), seqlen, request.windows(),
                    request.text());
            return new Windows(windows, new EvalResult.Text(request.text(), Sha256.ofText(content)));
        }
    }

    private String read() {
        return switch (request.text()) {
            case "embedded" -> EmbeddedText.test();
            case "wikitext2" -> TextFiles.readEvaluationText(hub.wikitext2("test"));
            default -> TextFiles.readEvaluationText(InputPath.of(request.option(), request.text()));
        };
    }

    /** Runs the model over the windows. */
    static EvalResult measure(Device device, OpenModel model, Windows input, Progress progress) {
        Perplexity measured = Perplexity.measure(device, model.decoder(), input.windows(), progress);
        int seqlen = input.windows().getFirst().length;
        boolean finite = Double.isFinite(measured.value());
        return new EvalResult(finite ? measured.value() : null, finite ? null : "perplexity is " + measured.value(),
                input.windows().size(), (long) input.windows().size() * seqlen, seqlen, measured.windowLosses(), input.text());
    }
}
