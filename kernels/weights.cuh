// weights.cuh: how the pruning kernels read weights of any type and turn them into score keys
//
// Key of a weight: the bits of |w| * norm as fp32 (one rounding), which rise with the score because it is not negative;
// every NaN gets NAN_KEY, one above infinity. The CPU's Scores.java has the same keys.
#pragma once
#include <cuda_fp16.h>
#include <stdint.h>

constexpr int WARP = 32;
constexpr uint32_t ALL_LANES = 0xFFFFFFFFu;
constexpr uint32_t NAN_KEY = 0x7F800001u;
// Behind every key, so an element that is not there is never among the smallest.
constexpr uint32_t NO_KEY = 0xFFFFFFFFu;

// A 16-byte vector holds PER_VECTOR weights, a 32-bit word of it PER_WORD, lower column in the lower half.
struct F16 {
    using Bits = uint16_t;
    static constexpr int PER_WORD = 2;
    static constexpr int PER_VECTOR = 8;
    static __device__ __forceinline__ float low(uint32_t word) {
        return __low2float(*reinterpret_cast<const __half2*>(&word));
    }
    static __device__ __forceinline__ float high(uint32_t word) {
        return __high2float(*reinterpret_cast<const __half2*>(&word));
    }
};

struct Bf16 {
    using Bits = uint16_t;
    static constexpr int PER_WORD = 2;
    static constexpr int PER_VECTOR = 8;
    static __device__ __forceinline__ float low(uint32_t word) {
        return __uint_as_float(word << 16);
    }
    static __device__ __forceinline__ float high(uint32_t word) {
        return __uint_as_float(word & 0xFFFF0000u);
    }
};

struct F32 {
    using Bits = uint32_t;
    static constexpr int PER_WORD = 1;
    static constexpr int PER_VECTOR = 4;
    static __device__ __forceinline__ float low(uint32_t word) {
        return __uint_as_float(word);
    }
    static __device__ __forceinline__ float high(uint32_t word) {
        return __uint_as_float(word);
    }
};

// Weight i of consecutive words; i must be a compile-time constant after unrolling.
template <class T>
__device__ __forceinline__ float weightAt(const uint32_t* words, int i) {
    if (T::PER_WORD == 1) {
        return T::low(words[i]);
    }
    return i % 2 == 0 ? T::low(words[i / 2]) : T::high(words[i / 2]);
}

// Makes weight i of consecutive words +0 where `goes`; all other bits stay.
template <class T>
__device__ __forceinline__ void clearIf(uint32_t* words, int i, bool goes) {
    if (T::PER_WORD == 1) {
        words[i] = goes ? 0u : words[i];
    } else {
        uint32_t kept = i % 2 == 0 ? 0xFFFF0000u : 0x0000FFFFu;
        words[i / 2] = goes ? words[i / 2] & kept : words[i / 2];
    }
}

__device__ __forceinline__ uint32_t scoreBits(float weight, float norm) {
    return __float_as_uint(__fmul_rn(fabsf(weight), norm));
}

__device__ __forceinline__ uint32_t scoreKey(float weight, float norm) {
    return min(scoreBits(weight, norm), NAN_KEY);
}

// Key of a weight in memory. The norm may come by the read-only path, the weight may not: the launch also writes it.
template <class T>
__device__ __forceinline__ uint32_t keyInMemory(const typename T::Bits* weight, const float* norm) {
    return scoreKey(T::low(uint32_t(*weight)), __ldg(norm));
}

// Streamed: a weight matrix is read once and must not evict what stays in L2.
__device__ __forceinline__ void loadStreamed(uint32_t words[4], const void* address) {
    uint4 q = __ldcs(static_cast<const uint4*>(address));
    words[0] = q.x;
    words[1] = q.y;
    words[2] = q.z;
    words[3] = q.w;
}

__device__ __forceinline__ void storeStreamed(void* address, const uint32_t words[4]) {
    __stcs(static_cast<uint4*>(address), make_uint4(words[0], words[1], words[2], words[3]));
}

// COUNT consecutive norms, COUNT a multiple of 4, the address 16-byte aligned.
template <int COUNT>
__device__ __forceinline__ void loadNorms(float norms[COUNT], const float* address) {
#pragma unroll
    for (int i = 0; i < COUNT; i += 4) {
        float4 q = __ldg(reinterpret_cast<const float4*>(address + i));
        norms[i] = q.x;
        norms[i + 1] = q.y;
        norms[i + 2] = q.z;
        norms[i + 3] = q.w;
    }
}

// Whether every row of the matrix may be read as 16-byte vectors, with the norms beside them.
template <class T>
__device__ __forceinline__ bool rowsAreVectors(const void* w, const float* norms, int cols) {
    return cols % T::PER_VECTOR == 0
            && ((reinterpret_cast<uintptr_t>(w) | reinterpret_cast<uintptr_t>(norms)) & 15) == 0;
}
