// block.cuh: how the kernels of a decoder block read and write activations, and how they add up a row
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>

constexpr int LANES = 32;
constexpr unsigned FULL_WARP = 0xFFFFFFFFu;
// Elements of a 16-byte vector of 16-bit activations.
constexpr int VECTOR = 8;

// An element type: its bits in memory and its value. Activations are F16 or BF16; tables may be F32.
struct F16 {
    using Bits = uint16_t;
    static __device__ __forceinline__ float value(Bits bits) {
        return __half2float(__ushort_as_half(bits));
    }
    static __device__ __forceinline__ Bits bits(float value) {
        return __half_as_ushort(__float2half_rn(value));
    }
};

struct Bf16 {
    using Bits = uint16_t;
    static __device__ __forceinline__ float value(Bits bits) {
        return __uint_as_float(uint32_t(bits) << 16);
    }
    static __device__ __forceinline__ Bits bits(float value) {
        return __bfloat16_as_ushort(__float2bfloat16_rn(value));
    }
};

struct F32 {
    using Bits = float;
    static __device__ __forceinline__ float value(Bits bits) {
        return bits;
    }
    static __device__ __forceinline__ Bits bits(float value) {
        return value;
    }
};

__device__ __forceinline__ bool isVector(const void* address) {
    return (reinterpret_cast<uintptr_t>(address) & 15) == 0;
}

// Eight neighbouring 16-bit elements from a 16-byte aligned address.
template <class T>
__device__ __forceinline__ void loadVector(float values[VECTOR], const typename T::Bits* address) {
    uint4 q = *reinterpret_cast<const uint4*>(address);
    const uint32_t words[4] = {q.x, q.y, q.z, q.w};
#pragma unroll
    for (int i = 0; i < VECTOR; i++) {
        values[i] = T::value(uint16_t(i % 2 == 0 ? words[i / 2] & 0xFFFF : words[i / 2] >> 16));
    }
}

template <class T>
__device__ __forceinline__ void storeVector(typename T::Bits* address, const float values[VECTOR]) {
    uint32_t words[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        words[i] = uint32_t(T::bits(values[2 * i])) | uint32_t(T::bits(values[2 * i + 1])) << 16;
    }
    *reinterpret_cast<uint4*>(address) = make_uint4(words[0], words[1], words[2], words[3]);
}

// Eight neighbouring fp32 numbers, which may lie anywhere.
__device__ __forceinline__ void loadParameters(float values[VECTOR], const float* address) {
    if (isVector(address)) {
        float4 low = __ldg(reinterpret_cast<const float4*>(address));
        float4 high = __ldg(reinterpret_cast<const float4*>(address) + 1);
        values[0] = low.x;
        values[1] = low.y;
        values[2] = low.z;
        values[3] = low.w;
        values[4] = high.x;
        values[5] = high.y;
        values[6] = high.z;
        values[7] = high.w;
    } else {
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] = __ldg(address + i);
        }
    }
}

__device__ __forceinline__ float warpSum(float x) {
#pragma unroll
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
        x = __fadd_rn(x, __shfl_xor_sync(FULL_WARP, x, distance));
    }
    return x;
}

// The sum over a block of WARPS warps, known to every thread; `sums` is free again when it returns.
template <int WARPS>
__device__ __forceinline__ float blockSum(float x, float sums[WARPS]) {
    x = warpSum(x);
    if (threadIdx.x % LANES == 0) {
        sums[threadIdx.x / LANES] = x;
    }
    __syncthreads();
    float total = sums[0];
#pragma unroll
    for (int i = 1; i < WARPS; i++) {
        total = __fadd_rn(total, sums[i]);
    }
    __syncthreads();
    return total;
}
