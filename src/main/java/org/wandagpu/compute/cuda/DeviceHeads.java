package org.wandagpu.compute.cuda;

record DeviceHeads(DeviceMatrix matrix, int offset, int headStride, int count, int headDim) { }
