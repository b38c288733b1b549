package org.wandagpu.compute.cuda;

final class Activations { private final KernelLauncher l; Activations(KernelLauncher l) { this.l = l; } void activate(org.wandagpu.compute.Activation f, DeviceMatrix x) { throw new UnsupportedOperationException(); } void activateGated(org.wandagpu.compute.Activation f, DeviceMatrix g, DeviceMatrix u) { throw new UnsupportedOperationException(); } }
