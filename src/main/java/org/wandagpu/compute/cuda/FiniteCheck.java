package org.wandagpu.compute.cuda;

final class FiniteCheck { private final KernelLauncher l; FiniteCheck(KernelLauncher l) { this.l = l; } void look(DeviceMatrix x, long found) { throw new UnsupportedOperationException(); } }
