package org.wandagpu.schedule;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.model.DecoderModel;
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
    private final Owned owned = new Owned();
    private int sequencesBefore;

    InputStatistics(Device device, int seqlen) {
        this.device = device;
        this.seqlen = seqlen;
    }

    /** Bytes of a block's statistics at most: as if no two layers shared an input. */
    static long bytes(DecoderModel model) {
        return model.linearOrder().stream().mapToLong(role -> DType.F32.bytes() * model.linearShape(role)[1]).sum();
    }

    /** Forgets what was folded so far. */
    void restart() {
        owned.close();
        byRole.clear();
    }

    /** Says which sequence the next inputs begin with. */
    void beginChunk(int firstSequence) {
        sequencesBefore = firstSequence;
    }

    @Override
    public void beforeLinear(List<LinearRole> roles, Tensor input) {
        Tensor s = byRole.get(roles.getFirst());
        if (s == null) {
            s = owned.add(device.allocate(DType.F32, 1, input.columns()));
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
        owned.close();
    }
}
