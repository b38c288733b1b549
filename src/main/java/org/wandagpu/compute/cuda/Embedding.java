package org.wandagpu.compute.cuda;

final class Embedding { private final KernelLauncher l; Embedding(KernelLauncher l) { this.l = l; } void gather(DeviceMatrix t, long ids, DeviceMatrix o) { throw new UnsupportedOperationException(); } void addPositions(DeviceMatrix t, int first, int seqlen, DeviceMatrix x) { throw new UnsupportedOperationException(); } }
