package org.wandagpu.compute.cuda;

final class Attention { private final KernelLauncher l; Attention(KernelLauncher l) { this.l = l; } void attend(DeviceHeads q, DeviceHeads k, DeviceHeads v, int window, long slopes, float scale, int ql, int kl, DeviceMatrix out) { throw new UnsupportedOperationException(); } }
