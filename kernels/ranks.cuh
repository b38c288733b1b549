// ranks.cuh: parts that the selection kernels share: a rank in a histogram, zeroing a row up to a key
//
// All functions here are called by every thread of the block, whose size is a multiple of 32.
#pragma once
#include "weights.cuh"

// 2^11 bins: 8 KB of shared memory, three digits of 11, 11 and 10 bits make a key.
constexpr int BINS = 2048;
constexpr int SEGMENTS = 32;
constexpr int DIGITS = 3;

__device__ __forceinline__ int digitShift(int pass) {
    return pass == 0 ? 21 : pass == 1 ? 10 : 0;
}

__device__ __forceinline__ uint32_t digitMask(int pass) {
    return pass == 2 ? 0x3FFu : 0x7FFu;
}

// The bits of a key that passes before this one have fixed.
__device__ __forceinline__ uint32_t fixedMask(int pass) {
    return pass == 0 ? 0u : pass == 1 ? 0xFFE00000u : 0xFFFFFC00u;
}

struct RankSearch {
    uint32_t segments[SEGMENTS];
    // Bin that holds the rank; the rank counted from the bin's first entry; entries of the bin.
    uint32_t bin;
    uint32_t rest;
    uint32_t entries;
};

__device__ __forceinline__ uint32_t inclusiveSum(uint32_t value, int lane) {
#pragma unroll
    for (int d = 1; d < WARP; d *= 2) {
        uint32_t other = __shfl_up_sync(ALL_LANES, value, d);
        value += lane >= d ? other : 0u;
    }
    return value;
}

// Finds the bin of an entry by its rank, counted from 0 and less than the number of entries. The histogram must be
// complete (a barrier lies between its counts and this call); the result may be read when the function returns.
__device__ __forceinline__ void findRank(const uint32_t* histogram, uint32_t rank, RankSearch& search) {
    const int lane = threadIdx.x % WARP;
    const uint2* pairs = reinterpret_cast<const uint2*>(histogram);
    for (int s = threadIdx.x / WARP; s < SEGMENTS; s += blockDim.x / WARP) {
        uint2 pair = pairs[s * WARP + lane];
        uint32_t sum = __reduce_add_sync(ALL_LANES, pair.x + pair.y);
        if (lane == 0) {
            search.segments[s] = sum;
        }
    }
    __syncthreads();
    if (threadIdx.x < WARP) {
        uint32_t own = search.segments[lane];
        uint32_t through = inclusiveSum(own, lane);
        int segment = __ffs(__ballot_sync(ALL_LANES, through > rank)) - 1;
        uint32_t rest = rank - __shfl_sync(ALL_LANES, through - own, segment);
        uint2 pair = pairs[segment * WARP + lane];
        own = pair.x + pair.y;
        through = inclusiveSum(own, lane);
        int hit = __ffs(__ballot_sync(ALL_LANES, through > rest)) - 1;
        if (lane == hit) {
            rest -= through - own;
            bool second = rest >= pair.x;
            search.bin = (segment * WARP + lane) * 2 + (second ? 1 : 0);
            search.rest = second ? rest - pair.x : rest;
            search.entries = second ? pair.y : pair.x;
        }
    }
    __syncthreads();
}

__device__ __forceinline__ void clearHistogram(uint32_t* histogram) {
    for (int i = threadIdx.x; i < BINS / 4; i += blockDim.x) {
        reinterpret_cast<uint4*>(histogram)[i] = make_uint4(0, 0, 0, 0);
    }
}

// Zeroes the weights of a row whose key is at most `limit`. Thread t alone touches what it reads.
template <class T>
__device__ __forceinline__ void zeroThrough(typename T::Bits* row, const float* norms, int cols, uint32_t limit,
        bool vectors) {
    if (!vectors) {
        for (int c = threadIdx.x; c < cols; c += blockDim.x) {
            if (keyInMemory<T>(row + c, norms + c) <= limit) {
                row[c] = 0;
            }
        }
        return;
    }
    for (int c = threadIdx.x * T::PER_VECTOR; c < cols; c += blockDim.x * T::PER_VECTOR) {
        uint32_t words[4];
        float n[T::PER_VECTOR];
        loadStreamed(words, row + c);
        loadNorms<T::PER_VECTOR>(n, norms + c);
#pragma unroll
        for (int i = 0; i < T::PER_VECTOR; i++) {
            clearIf<T>(words, i, scoreKey(weightAt<T>(words, i), n[i]) <= limit);
        }
        storeStreamed(row + c, words);
    }
}

// Zeroes the weights of a row whose key is below `key` and, from the left, the first `ties` of those that have it.
// Walks the row in steps of a block's width; a barrier separates a step's counts from the next ones.
template <class T>
__device__ __forceinline__ void zeroBelowAndTies(typename T::Bits* row, const float* norms, int cols, uint32_t key,
        uint32_t ties, uint32_t tiesOfWarp[WARP]) {
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int warps = blockDim.x / WARP;
    uint32_t before = 0;
    for (int first = 0; first < cols; first += blockDim.x) {
        int c = first + threadIdx.x;
        uint32_t own = c < cols ? keyInMemory<T>(row + c, norms + c) : NO_KEY;
        uint32_t tied = __ballot_sync(ALL_LANES, own == key);
        if (lane == 0) {
            tiesOfWarp[warp] = __popc(tied);
        }
        __syncthreads();
        uint32_t count = lane < warps ? tiesOfWarp[lane] : 0u;
        uint32_t left = __reduce_add_sync(ALL_LANES, lane < warp ? count : 0u);
        uint32_t all = __reduce_add_sync(ALL_LANES, count);
        uint32_t position = before + left + __popc(tied & ((1u << lane) - 1u));
        if (own < key || (own == key && position < ties)) {
            row[c] = 0;
        }
        before += all;
        __syncthreads();
    }
}
