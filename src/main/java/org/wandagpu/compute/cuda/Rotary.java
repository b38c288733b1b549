package org.wandagpu.compute.cuda;

final class Rotary { private final KernelLauncher l; Rotary(KernelLauncher l) { this.l = l; } void rotate(DeviceHeads x, DeviceMatrix cos, DeviceMatrix sin, int first, int seqlen) { throw new UnsupportedOperationException(); } }
