// convert.cu: the same numbers in another element type, rounded to nearest, ties to even; too large ones become infinite
// In:      source [count] f16, bf16 or f32
// Out:     target [count] f16 or bf16
// Entries: convert_{f32,bf16}_f16, convert_{f32,f16}_bf16
// Bytes:   (sizeof(source) + 2) * count. Bound by bandwidth.
// Launch:  grid at most 8 blocks a multiprocessor, which walk on, block 256
#include "block.cuh"

constexpr int THREADS = 256;

#define CONVERSION(FROM, S, TO, T) \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    convert_##FROM##_##TO(const S::Bits* __restrict__ source, T::Bits* __restrict__ target, long long count) { \
        const long long step = (long long) gridDim.x * THREADS; \
        for (long long i = (long long) blockIdx.x * THREADS + threadIdx.x; i < count; i += step) { \
            target[i] = T::bits(S::value(source[i])); \
        } \
    }

CONVERSION(f32, F32, f16, F16)
CONVERSION(bf16, Bf16, f16, F16)
CONVERSION(f32, F32, bf16, Bf16)
CONVERSION(f16, F16, bf16, Bf16)
