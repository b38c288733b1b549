package org.wandagpu.compute.cuda;

final class Gemm { private final KernelLauncher l; Gemm(KernelLauncher l) { this.l = l; } void multiply(DeviceMatrix x, DeviceMatrix w, long bias, DeviceMatrix out, boolean add) { throw new UnsupportedOperationException(); } }
