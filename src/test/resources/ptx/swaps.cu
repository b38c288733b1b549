// Compare-and-swap loops, whose first look is a plain load, and an atomic that a plain load races with.

// Adds as CUDA did before there was an instruction for it.
extern "C" __global__ void swap_global(double* sum) {
    unsigned long long* bits = (unsigned long long*)sum;
    unsigned long long old = *bits;
    unsigned long long assumed;
    do {
        assumed = old;
        old = atomicCAS(bits, assumed, (unsigned long long)__double_as_longlong(1.0 + __longlong_as_double(assumed)));
    } while (assumed != old);
}

extern "C" __global__ void swap_shared(int* out) {
    __shared__ int count;
    if (threadIdx.x == 0) {
        count = 0;
    }
    __syncthreads();
    int old = count;
    int assumed;
    do {
        assumed = old;
        old = atomicCAS(&count, assumed, assumed + 1);
    } while (assumed != old);
    __syncthreads();
    out[threadIdx.x] = count;
}

extern "C" __global__ void histogram_without_barrier(const int* in, int* out) {
    __shared__ int bins[32];
    if (threadIdx.x < 32) {
        bins[threadIdx.x] = 0;
    }
    __syncthreads();
    atomicAdd(&bins[in[threadIdx.x] & 31], 1);
    out[threadIdx.x] = bins[threadIdx.x % 32];  // bug: no barrier
}
