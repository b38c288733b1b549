package org.wandagpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.inspect.CheckpointInspection;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.result.InspectResult;
import org.wandagpu.schedule.BlockReport;

/** An output that an earlier run completed: what was done to its blocks, read off the weights. */
final class FinishedOutput {

    private FinishedOutput() {
    }

    /** @param dense the model it was made from */
    static List<BlockReport> reports(Path folder, OpenModel dense) {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            DecoderModel model = dense.decoder();
            List<InspectResult.Layer> layers = CheckpointInspection.of(model, checkpoint, List.of()).layers();
            int layersOfABlock = model.linearOrder().size();
            List<BlockReport> reports = new ArrayList<>();
            for (int block = 0; block < model.spec().blocks(); block++) {
                Map<String, Long> zeros = new LinkedHashMap<>();
                Map<String, Long> weights = new LinkedHashMap<>();
                for (InspectResult.Layer layer : layers.subList(block * layersOfABlock, (block + 1) * layersOfABlock)) {
                    weights.put(layer.name(), layer.rows() * layer.columns());
                    zeros.put(layer.name(), Math.round(layer.sparsity() * layer.rows() * layer.columns()));
                }
                reports.add(new BlockReport(block, zeros, weights));
            }
            return reports;
        }
    }
}
