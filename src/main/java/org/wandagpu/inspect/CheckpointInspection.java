package org.wandagpu.inspect;

import java.util.ArrayList;
import java.util.List;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.LinearRole;
import org.wandagpu.result.InspectResult;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.NmPattern;
import org.wandagpu.tensor.TensorSource;

/**
 * The linear layers of a model's blocks, one by one.
 *
 * @param blocks share of zeros of each block
 * @param layers each linear layer, block by block in the reference's order
 * @param sparsity share of zeros over all of them
 */
public record CheckpointInspection(List<Double> blocks, List<InspectResult.Layer> layers, double sparsity) {

    /** Reads every linear layer once. */
    public static CheckpointInspection of(DecoderModel model, TensorSource source, List<NmPattern> patterns) {
        List<Double> blocks = new ArrayList<>();
        List<InspectResult.Layer> layers = new ArrayList<>();
        long allZeros = 0;
        long allWeights = 0;
        for (int block = 0; block < model.spec().blocks(); block++) {
            long zeros = 0;
            long weights = 0;
            for (LinearRole role : model.linearOrder()) {
                HostTensor w = source.tensor(model.linearName(block, role));
                Zeros found = Zeros.of(w, patterns);
                layers.add(new InspectResult.Layer(w.name(), w.dtype().name(), w.shape()[0], w.shape()[1],
                        (double) found.count() / w.elements(), found.kept().stream().map(NmPattern::toString).toList()));
                zeros += found.count();
                weights += w.elements();
            }
            blocks.add((double) zeros / weights);
            allZeros += zeros;
            allWeights += weights;
        }
        return new CheckpointInspection(blocks, layers, (double) allZeros / allWeights);
    }

    /** The patterns that every linear layer keeps, in the order in which they were asked for. */
    public List<String> patternsOfAllLayers(List<NmPattern> asked) {
        return asked.stream().map(NmPattern::toString)
                .filter(name -> layers.stream().allMatch(layer -> layer.patterns().contains(name)))
                .toList();
    }
}
