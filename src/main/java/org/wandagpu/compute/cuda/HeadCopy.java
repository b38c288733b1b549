package org.wandagpu.compute.cuda;

final class HeadCopy { private final KernelLauncher l; HeadCopy(KernelLauncher l) { this.l = l; } void copy(DeviceHeads a, DeviceHeads b) { throw new UnsupportedOperationException(); } }
