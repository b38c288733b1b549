package org.wandagpu.cli;

import org.wandagpu.checkpoint.NonFinite;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.tensor.HostTensor;

/** Looks for NaN and infinities before any work is done on a model. */
final class WeightCheck {

    /** Looked at in one go; what has been read of a mapped file counts as memory until it is forgotten. */
    private static final long PIECE_ELEMENTS = 4L << 20;

    private WeightCheck() {
    }

    /** @throws BadInputException naming the first weight that is not finite */
    static void requireFinite(OpenModel model, Device device) {
        for (String name : model.checkpoint().names()) {
            HostTensor tensor = model.checkpoint().tensor(name);
            if (tensor.dtype().isComputable() && !allFinite(tensor, device)) {
                throw new BadInputException(model.checkpoint().where() + ": " + NonFinite.first(tensor)
                        + "; take another copy of the model, or prune it as it is with --allow-nonfinite");
            }
        }
    }

    private static boolean allFinite(HostTensor tensor, Device device) {
        int width = tensor.dtype().bytes();
        for (long first = 0; first < tensor.elements(); first += PIECE_ELEMENTS) {
            long count = Math.min(PIECE_ELEMENTS, tensor.elements() - first);
            HostTensor piece = new HostTensor(tensor.name(), tensor.dtype(), new long[] {count},
                    tensor.bytes().asSlice(first * width, count * width));
            try (Tensor placed = device.place(piece)) {
                if (!device.ops().allFinite(placed)) {
                    return false;
                }
            }
            piece.forget();
        }
        return true;
    }
}
