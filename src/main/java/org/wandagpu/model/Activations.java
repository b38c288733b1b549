package org.wandagpu.model;

import java.util.Map;
import org.wandagpu.compute.Activation;

/** The names config.json gives to non-linearities; several stand for one function. */
final class Activations {

    private static final Map<String, Activation> BY_NAME = Map.of(
            "relu", Activation.RELU,
            "silu", Activation.SILU,
            "swish", Activation.SILU,
            "gelu", Activation.GELU_ERF,
            "gelu_python", Activation.GELU_ERF,
            "gelu_new", Activation.GELU_TANH,
            "gelu_fast", Activation.GELU_TANH,
            "gelu_accurate", Activation.GELU_TANH,
            "gelu_pytorch_tanh", Activation.GELU_TANH,
            "gelu_python_tanh", Activation.GELU_TANH);

    private Activations() {
    }

    static Activation read(Config c, String fallback, String key) {
        return BY_NAME.get(c.oneOf(BY_NAME.keySet(), fallback, key));
    }
}
