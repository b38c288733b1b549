package org.wandagpu.compute.cuda;

final class AddInPlace { private final KernelLauncher l; AddInPlace(KernelLauncher l) { this.l = l; } void add(DeviceMatrix x, DeviceMatrix y) { throw new UnsupportedOperationException(); } }
