// all_finite.cu: says whether a matrix holds a NaN or an infinity
// In:      x [count] f16, bf16 or f32
// In/out:  found int32: becomes 1 if there is one, else stays as it is
// Entries: all_finite_{f16,bf16,f32}
// Bytes:   sizeof(x) * count. Bound by bandwidth.
// Launch:  grid at most 8 blocks a multiprocessor, which walk on, block 256
#include "block.cuh"

constexpr int THREADS = 256;

template <class T>
__device__ __forceinline__ void look(const typename T::Bits* x, long long count, int* found) {
    const long long step = (long long) gridDim.x * THREADS;
    bool bad = false;
    for (long long i = (long long) blockIdx.x * THREADS + threadIdx.x; i < count; i += step) {
        bad |= !isfinite(T::value(x[i]));
    }
    if (bad) {
        atomicExch(found, 1);
    }
}

#define FINITE_ENTRY(SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    all_finite_##SUFFIX(const T::Bits* __restrict__ x, long long count, int* __restrict__ found) { \
        look<T>(x, count, found); \
    }

FINITE_ENTRY(f16, F16)
FINITE_ENTRY(bf16, Bf16)
FINITE_ENTRY(f32, F32)
