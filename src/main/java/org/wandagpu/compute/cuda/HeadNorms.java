package org.wandagpu.compute.cuda;

final class HeadNorms { private final KernelLauncher l; HeadNorms(KernelLauncher l) { this.l = l; } void normalize(DeviceHeads x, long g, float e) { throw new UnsupportedOperationException(); } }
