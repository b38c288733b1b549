package org.wandagpu.schedule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.model.LinearInputObserver;
import org.wandagpu.model.LinearRole;
import org.wandagpu.tensor.DType;

/**
 * The running statistic s of the inputs of a block's linear layers (reference-semantics §2). Layers that share an
 * input share its statistic. Owns its tensors.
 */
final class InputStatistics implements LinearInputObserver, AutoCloseable {

    private final Device device;
    private final int seqlen;
    private final Map<LinearRole, Tensor> byRole = new EnumMap<>(LinearRole.class);
    private final List<Tensor> owned = new ArrayList<>();
    private int sequencesBefore;

    InputStatistics(Device device, int seqlen) {
        this.device = device;
        this.seqlen = seqlen;
    }

    /** Says which sequence the next inputs begin with. */
    void beginChunk(int firstSequence) {
        sequencesBefore = firstSequence;
    }

    @Override
    public void beforeLinear(List<LinearRole> roles, Tensor input) {
        Tensor s = byRole.get(roles.getFirst());
        if (s == null) {
            s = device.allocate(DType.F32, 1, input.columns());
            owned.add(s);
            for (LinearRole role : roles) {
                byRole.put(role, s);
            }
        }
        device.ops().foldColumnSquares(input, seqlen, sequencesBefore, s);
    }

    /** The statistic of a layer's input, {@code [inFeatures]}. */
    Tensor of(LinearRole role) {
        return byRole.get(role);
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
    }
}
