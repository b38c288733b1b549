// scores.cu: scores[i][j] = |w[i][j]| * norms[j], Wanda's score as a matrix   (Wanda, section 3; reference-semantics 3)
// In:      w [rows, cols] f16, bf16 or f32, row-major without gaps;  norms [cols] f32 of input_norms.cu
// Out:     scores [rows, cols] f32; every NaN has the bits 0x7FC00000
// Entries: scores_{f16,bf16,f32} (w, norms, rows, cols, scores): 8 columns a thread
//          scores_any_{f16,bf16,f32}, same arguments: a column a thread
// Order:   one rounded product a weight, the one that the selection kernels compare without writing it.
// Bytes:   w read once and scores written once, 16 an access (any: 2 or 4); norms from L2. Bound by bandwidth.
// Launch:  grid (ceil(cols / 1024), min(ceil(rows / 4), 65535)), block 128; any: grid (ceil(cols / 128), the same),
//          block 128. A block walks rows blockIdx.y, blockIdx.y + gridDim.y, ...   No dynamic shared memory.
// Limits:  scores_*: cols % 8 == 0, all three 16-byte aligned.   any: cols < 2^31 - 128
#include "weights.cuh"

constexpr int COLUMNS = 8;         // of a thread
constexpr uint32_t QUIET_NAN = 0x7FC00000u;

__device__ __forceinline__ uint32_t storedScore(float weight, float norm) {
    return min(scoreBits(weight, norm), QUIET_NAN);
}

template <class T>
__device__ __forceinline__ void scoreVectors(const typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols, uint32_t* __restrict__ scores) {
    constexpr int VECTORS = COLUMNS / T::PER_VECTOR;
    const int column = (blockIdx.x * blockDim.x + threadIdx.x) * COLUMNS;
    if (column >= cols) {
        return;
    }
    float n[COLUMNS];
    loadNorms<COLUMNS>(n, norms + column);
    for (int r = blockIdx.y; r < rows; r += gridDim.y) {
        const size_t at = size_t(r) * cols + column;
        uint32_t words[4 * VECTORS];
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            loadStreamed(words + 4 * v, w + at + v * T::PER_VECTOR);
        }
        uint32_t out[COLUMNS];
#pragma unroll
        for (int i = 0; i < COLUMNS; i++) {
            out[i] = storedScore(weightAt<T>(words, i), n[i]);
        }
        storeStreamed(scores + at, out);
        storeStreamed(scores + at + 4, out + 4);
    }
}

template <class T>
__device__ __forceinline__ void scoreSingly(const typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols, uint32_t* __restrict__ scores) {
    const int column = blockIdx.x * blockDim.x + threadIdx.x;
    if (column >= cols) {
        return;
    }
    const float norm = norms[column];
    for (int r = blockIdx.y; r < rows; r += gridDim.y) {
        const size_t at = size_t(r) * cols + column;
        scores[at] = storedScore(T::low(uint32_t(w[at])), norm);
    }
}

#define ENTRIES(SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(128) \
    scores_##SUFFIX(const T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, \
            uint32_t* __restrict__ scores) { \
        scoreVectors<T>(w, norms, rows, cols, scores); \
    } \
    extern "C" __global__ void __launch_bounds__(128) \
    scores_any_##SUFFIX(const T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, \
            uint32_t* __restrict__ scores) { \
        scoreSingly<T>(w, norms, rows, cols, scores); \
    }

ENTRIES(f16, F16)
ENTRIES(bf16, Bf16)
ENTRIES(f32, F32)
