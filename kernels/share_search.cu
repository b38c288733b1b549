// share_search.cu: Wanda's variant: a row loses the weights up to a share alpha of its score sum; the host searches
// alpha   (reference-semantics section 6)
// In/out:  w [rows, cols] f16, bf16 or f32, row-major without gaps; weights that stay keep their bits
// In:      norms [cols] f32 of input_norms.cu;  alpha f32
// Scratch: keys [rows, cols] u32: the row's score keys, ascending after share_sort;  sums [rows, cols] f32: their
//          cumulative sums, added in double from the smallest up, each rounded to fp32;  masked [1] u64, cleared by the
//          host before each share_count.   8 bytes a weight
// Entries: share_sort_{f16,bf16,f32} (w, norms, rows, cols, keys), share_sums (keys, rows, cols, sums), once;
//          share_count (keys, sums, rows, cols, alpha, masked) for each alpha: adds the number of weights that go;
//          share_zero_{f16,bf16,f32} (w, norms, rows, cols, keys, sums, alpha) for the alpha found
// Rule:    a row's limit is the fp32 product alpha * sum of the row; with c = number of cumulative sums <= limit, all
//          keys up to the c-th smallest go, equal ones included; none if c = 0 or the sum is NaN.
// Order:   sums as stated, in the order of the sorted keys; counts are integers. Same bits as the CPU's.
// How:     a block sorts a row in place by bitonic merges whose smaller element always moves left, so any length will
//          do: what is not there counts as larger than all and never moves.
// Bytes:   share_sort 4 * cols * log2(cols)^2 a row, mostly in L2; share_count two binary searches a row. Not tuned.
// Launch:  share_sort: grid rows, block 512; share_sums: grid ceil(rows / 8), block 256, a warp a row;
//          share_count: grid ceil(rows / 128), block 128; share_zero: grid rows, block 256.
//          No dynamic shared memory.
// Limits:  cols <= 2^30
#include "ranks.cuh"

using Count = unsigned long long;

__device__ __forceinline__ void orderPair(uint32_t* keys, int i, int j) {
    uint32_t a = keys[i];
    uint32_t b = keys[j];
    if (a > b) {
        keys[i] = b;
        keys[j] = a;
    }
}

template <class T>
__device__ __forceinline__ void sortRow(const typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int cols, uint32_t* keysOfRows) {
    const typename T::Bits* row = w + size_t(blockIdx.x) * cols;
    uint32_t* keys = keysOfRows + size_t(blockIdx.x) * cols;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) {
        keys[c] = keyInMemory<T>(row + c, norms + c);
    }
    __syncthreads();
    for (int half = 1; half < cols; half *= 2) {
        // Pair p of a run of 2 * half keys: its element from the left with its mirror image from the right.
        for (int p = threadIdx.x; ; p += blockDim.x) {
            int run = p / half * half * 2;
            if (run >= cols) {
                break;
            }
            int i = run + p % half;
            int j = run + 2 * half - 1 - p % half;
            if (j < cols) {
                orderPair(keys, i, j);
            }
        }
        __syncthreads();
        for (int distance = half / 2; distance > 0; distance /= 2) {
            for (int p = threadIdx.x; ; p += blockDim.x) {
                int run = p / distance * distance * 2;
                if (run >= cols) {
                    break;
                }
                int i = run + p % distance;
                int j = i + distance;
                if (j < cols) {
                    orderPair(keys, i, j);
                }
            }
            __syncthreads();
        }
    }
}

// A warp a row: every lane adds all keys in order, lane i keeps the i-th of 32 sums.
extern "C" __global__ void __launch_bounds__(256)
share_sums(const uint32_t* __restrict__ keys, int rows, int cols, float* __restrict__ sums) {
    const int lane = threadIdx.x % WARP;
    const int r = blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    if (r >= rows) {
        return;
    }
    const size_t start = size_t(r) * cols;
    double sum = 0.0;
    for (int first = 0; first < cols; first += WARP) {
        uint32_t key = first + lane < cols ? keys[start + first + lane] : 0u;
        float own = 0.0f;
#pragma unroll 8
        for (int i = 0; i < WARP; i++) {
            sum = __dadd_rn(sum, double(__uint_as_float(__shfl_sync(ALL_LANES, key, i))));
            own = lane == i ? __double2float_rn(sum) : own;
        }
        if (first + lane < cols) {
            sums[start + first + lane] = own;
        }
    }
}

// Number of a row's cumulative sums up to alpha times the whole; they ascend, and a NaN is not "up to" anything.
__device__ __forceinline__ int reached(const float* sums, int cols, float alpha) {
    const float limit = __fmul_rn(sums[cols - 1], alpha);
    int low = 0;
    int high = cols;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (sums[middle] <= limit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

extern "C" __global__ void __launch_bounds__(128)
share_count(const uint32_t* __restrict__ keys, const float* __restrict__ sums, int rows, int cols, float alpha,
        Count* __restrict__ masked) {
    const int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= rows) {
        return;
    }
    const uint32_t* row = keys + size_t(r) * cols;
    int low = reached(sums + size_t(r) * cols, cols, alpha);
    if (low == 0) {
        return;
    }
    // First key above the last one that goes.
    const uint32_t key = row[low - 1];
    int high = cols;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (row[middle] <= key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    atomicAdd(masked, Count(low));
}

template <class T>
__device__ __forceinline__ void zeroShare(typename T::Bits* __restrict__ w, const float* __restrict__ norms, int cols,
        const uint32_t* __restrict__ keys, const float* __restrict__ sums, float alpha) {
    const size_t start = size_t(blockIdx.x) * cols;
    const int count = reached(sums + start, cols, alpha);
    if (count > 0) {
        zeroThrough<T>(w + start, norms, cols, keys[start + count - 1], rowsAreVectors<T>(w, norms, cols));
    }
}

#define ENTRIES(SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(512) \
    share_sort_##SUFFIX(const T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, \
            uint32_t* __restrict__ keys) { \
        sortRow<T>(w, norms, cols, keys); \
    } \
    extern "C" __global__ void __launch_bounds__(256) \
    share_zero_##SUFFIX(T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, \
            const uint32_t* __restrict__ keys, const float* __restrict__ sums, float alpha) { \
        zeroShare<T>(w, norms, cols, keys, sums, alpha); \
    }

ENTRIES(f16, F16)
ENTRIES(bf16, Bf16)
ENTRIES(f32, F32)
