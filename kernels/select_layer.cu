// select_layer.cu: the whole layer as one comparison group; the k weights with the smallest (score, row, column)
// become +0, or all up to and including a rank   (reference-semantics section 7: magnitude; score = |w| * norm)
// In/out:  w [rows, cols] f16, bf16 or f32, row-major without gaps; weights that stay keep their bits
// In:      norms [cols] f32 of input_norms.cu (all 1 for magnitude)
// Scratch: state [5] u64, the host sets state[0] = rank looked for, from 0 to rows * cols - 1, the others to 0;
//          counts [3, 2048] u64, cleared by the host;  tiesOfRow [rows] u32, need not be cleared
//          state: 0 rank among what is left, 1 key found so far, 2 entries with that key, 3 how many of them go,
//          4 bound: weights with a smaller key go
// Entries, in the order of their launches, no host in between:
//          layer_histogram_{f16,bf16,f32} (w, norms, rows, cols, pass, state, counts) and
//          layer_pick (pass, upToRank, state, counts), for pass 0, 1, 2;
//          layer_count_ties_{f16,bf16,f32} (w, norms, rows, cols, state, tiesOfRow);
//          layer_spread_ties (rows, state, tiesOfRow);
//          layer_zero_{f16,bf16,f32} (w, norms, rows, cols, state, tiesOfRow)
//          k smallest: state[0] = k - 1, upToRank = 0 (k = 0: no launch).  Up to a rank: state[0] = rank, upToRank = 1:
//          all equal to the entry of that rank go too, and nothing at all if it is NaN (rank >= rows * cols: the host
//          clears w)
// Order:   exact by (bits of the score, row, column), NaN last. Atomics add integers only: same result in any order.
// Bytes:   w is read three times for its digits, once for ties (only if some of them stay), and read and written once
//          for zeroing. Bound by bandwidth.
// Launch:  histogram: grid min(rows, 528), block 512; pick, spread_ties: grid 1, block 1024;
//          count_ties, zero: grid min(rows, 2^31 - 1), block 256.  No dynamic shared memory.
// Limits:  rows, cols < 2^31; rows * cols / min(rows, 528) < 2^32; any alignment (vectors where cols % 8 == 0,
//          f32: % 4)
#include "ranks.cuh"

using Count = unsigned long long;

enum State { RANK, KEY, ENTRIES, TIES, BOUND };

template <class T>
__device__ __forceinline__ void countKey(uint32_t* histogram, uint32_t key, int pass, uint32_t found) {
    if ((key & fixedMask(pass)) == found) {
        atomicAdd(histogram + ((key >> digitShift(pass)) & digitMask(pass)), 1u);
    }
}

template <class T>
__device__ __forceinline__ void countDigits(const typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols, int pass, const Count* __restrict__ state, Count* __restrict__ counts) {
    __shared__ alignas(16) uint32_t histogram[BINS];
    const uint32_t found = uint32_t(state[KEY]);
    clearHistogram(histogram);
    __syncthreads();
    const bool vectors = rowsAreVectors<T>(w, norms, cols);
    for (int r = blockIdx.x; r < rows; r += gridDim.x) {
        const typename T::Bits* row = w + size_t(r) * cols;
        if (vectors) {
            for (int c = threadIdx.x * T::PER_VECTOR; c < cols; c += blockDim.x * T::PER_VECTOR) {
                uint32_t words[4];
                float n[T::PER_VECTOR];
                loadStreamed(words, row + c);
                loadNorms<T::PER_VECTOR>(n, norms + c);
#pragma unroll
                for (int i = 0; i < T::PER_VECTOR; i++) {
                    countKey<T>(histogram, scoreKey(weightAt<T>(words, i), n[i]), pass, found);
                }
            }
        } else {
            for (int c = threadIdx.x; c < cols; c += blockDim.x) {
                countKey<T>(histogram, keyInMemory<T>(row + c, norms + c), pass, found);
            }
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < BINS; i += blockDim.x) {
        if (histogram[i] != 0) {
            atomicAdd(counts + size_t(pass) * BINS + i, Count(histogram[i]));
        }
    }
}

extern "C" __global__ void __launch_bounds__(1024)
layer_pick(int pass, int upToRank, Count* __restrict__ state, const Count* __restrict__ counts) {
    __shared__ Count sums[2][1024];
    const int thread = threadIdx.x;
    const Count first = counts[size_t(pass) * BINS + 2 * thread];
    const Count second = counts[size_t(pass) * BINS + 2 * thread + 1];
    const Count rank = state[RANK];
    int now = 0;
    sums[now][thread] = first + second;
    __syncthreads();
    for (int d = 1; d < 1024; d *= 2) {
        sums[1 - now][thread] = sums[now][thread] + (thread >= d ? sums[now][thread - d] : 0);
        now = 1 - now;
        __syncthreads();
    }
    const Count before = sums[now][thread] - first - second;
    if (rank >= before && rank - before < first + second) {
        const bool later = rank - before >= first;
        const Count rest = rank - before - (later ? first : 0);
        const Count entries = later ? second : first;
        const Count key = state[KEY] | Count(2 * thread + (later ? 1 : 0)) << digitShift(pass);
        const bool nothing = upToRank != 0 && key == NAN_KEY;
        state[RANK] = rest;
        state[KEY] = key;
        state[ENTRIES] = entries;
        state[TIES] = nothing ? 0 : upToRank != 0 ? entries : rest + 1;
        // All ties go: no row needs to know how many of them are its own.
        const bool all = upToRank != 0 || rest + 1 == entries;
        state[BOUND] = nothing ? 0 : all ? key + 1 : key;
    }
}

__device__ __forceinline__ bool someTiesStay(const Count* state) {
    return state[BOUND] == state[KEY] && state[TIES] != 0;
}

template <class T>
__device__ __forceinline__ void countTies(const typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols, const Count* __restrict__ state, uint32_t* __restrict__ tiesOfRow) {
    __shared__ uint32_t ofWarp[WARP];
    if (!someTiesStay(state)) {
        return;
    }
    const uint32_t key = uint32_t(state[KEY]);
    const int lane = threadIdx.x % WARP;
    const typename T::Bits* row = w + size_t(blockIdx.x) * cols;
    uint32_t ties = 0;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) {
        ties += keyInMemory<T>(row + c, norms + c) == key ? 1 : 0;
    }
    ties = __reduce_add_sync(ALL_LANES, ties);
    if (lane == 0) {
        ofWarp[threadIdx.x / WARP] = ties;
    }
    __syncthreads();
    if (threadIdx.x < WARP) {
        ties = __reduce_add_sync(ALL_LANES, lane < int(blockDim.x) / WARP ? ofWarp[lane] : 0u);
        if (lane == 0) {
            tiesOfRow[blockIdx.x] = ties;
        }
    }
}

// Turns the ties of each row into those that go, row by row until none is left to go.
extern "C" __global__ void __launch_bounds__(1024)
layer_spread_ties(int rows, const Count* __restrict__ state, uint32_t* __restrict__ tiesOfRow) {
    __shared__ Count sums[2][1024];
    if (!someTiesStay(state)) {
        return;
    }
    const int thread = threadIdx.x;
    const Count ties = state[TIES];
    Count before = 0;
    for (int first = 0; first < rows; first += 1024) {
        const int r = first + thread;
        const Count own = r < rows ? tiesOfRow[r] : 0;
        int now = 0;
        sums[now][thread] = own;
        __syncthreads();
        for (int d = 1; d < 1024; d *= 2) {
            sums[1 - now][thread] = sums[now][thread] + (thread >= d ? sums[now][thread - d] : 0);
            now = 1 - now;
            __syncthreads();
        }
        const Count earlier = before + sums[now][thread] - own;
        before += sums[now][1023];
        if (r < rows) {
            const Count left = ties > earlier ? ties - earlier : 0;
            tiesOfRow[r] = uint32_t(own < left ? own : left);
        }
        __syncthreads();
    }
}

template <class T>
__device__ __forceinline__ void zeroInRow(typename T::Bits* __restrict__ w, const float* __restrict__ norms, int cols,
        const Count* __restrict__ state, const uint32_t* __restrict__ tiesOfRow) {
    __shared__ uint32_t tiesOfWarp[WARP];
    const uint32_t bound = uint32_t(state[BOUND]);
    typename T::Bits* row = w + size_t(blockIdx.x) * cols;
    const uint32_t ties = someTiesStay(state) ? tiesOfRow[blockIdx.x] : 0u;
    if (ties != 0) {
        zeroBelowAndTies<T>(row, norms, cols, bound, ties, tiesOfWarp);
    } else if (bound != 0) {
        zeroThrough<T>(row, norms, cols, bound - 1, rowsAreVectors<T>(w, norms, cols));
    }
}

#define ENTRIES_OF(SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(512) \
    layer_histogram_##SUFFIX(const T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, \
            int pass, const Count* __restrict__ state, Count* __restrict__ counts) { \
        countDigits<T>(w, norms, rows, cols, pass, state, counts); \
    } \
    extern "C" __global__ void __launch_bounds__(256) \
    layer_count_ties_##SUFFIX(const T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, \
            const Count* __restrict__ state, uint32_t* __restrict__ tiesOfRow) { \
        countTies<T>(w, norms, rows, cols, state, tiesOfRow); \
    } \
    extern "C" __global__ void __launch_bounds__(256) \
    layer_zero_##SUFFIX(T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, \
            const Count* __restrict__ state, const uint32_t* __restrict__ tiesOfRow) { \
        zeroInRow<T>(w, norms, cols, state, tiesOfRow); \
    }

ENTRIES_OF(f16, F16)
ENTRIES_OF(bf16, Bf16)
ENTRIES_OF(f32, F32)
