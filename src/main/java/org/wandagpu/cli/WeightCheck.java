package org.wandagpu.cli;

import org.wandagpu.checkpoint.NonFinite;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.tensor.HostTensor;

/** Looks for NaN and infinities before any work is done on a model. */
final class WeightCheck {

    private WeightCheck() {
    }

    /** @throws BadInputException naming the first weight that is not finite */
    static void requireFinite(OpenModel model, Device device) {
        for (String name : model.checkpoint().names()) {
            HostTensor tensor = model.checkpoint().tensor(name);
            if (tensor.dtype().isComputable() && tensor.elements() > 0) {
                if (!allFinite(tensor, device)) {
                    throw new BadInputException(model.checkpoint().where() + ": " + NonFinite.first(tensor)
                            + "; take another copy of the model, or prune it as it is with --allow-nonfinite");
                }
                tensor.forget();
            }
        }
    }

    private static boolean allFinite(HostTensor tensor, Device device) {
        long columns = tensor.shape().length == 0 ? 1 : tensor.shape()[tensor.shape().length - 1];
        long[] matrix = {tensor.elements() / columns, columns};
        try (Tensor placed = device.place(new HostTensor(tensor.name(), tensor.dtype(), matrix, tensor.bytes()))) {
            return device.ops().allFinite(placed);
        }
    }
}
