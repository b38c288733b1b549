// column_squares.cu: s[j] = running mean over sequences of sum over tokens of x[i][j]^2   (Wanda, section 3;
// reference-semantics section 2)
// In:      x [sequences * seqlen, inFeatures] f16, bf16 or f32, row-major without gaps
// In/out:  s [inFeatures] f32, n = sequencesBefore sequences folded in so far.
// Scratch: partial [sequences, slices, inFeatures] f32, slices = ceil(seqlen / 64); need not be cleared
// Entries: 1. column_squares_partial_{f16,bf16,f32}: inFeatures % 8 == 0 (f32: % 4) and x 16-byte aligned
//          1. column_squares_partial_any_{f16,bf16,f32}: any inFeatures and alignment, a column a thread
//             (x, partial, seqlen, inFeatures)
//          2. column_squares_fold (partial, s, sequences, slices, inFeatures, sequencesBefore)
// Order:   a slice is 64 tokens of one sequence. A thread squares 8 neighbouring tokens of its columns in a chain of
//          fma.rn from 0, in token order; 8 chains are added in token order to the slice's sum; the second entry adds
//          slices 0, 1, ... and folds sequences 0, 1, ... as s * (n / (n + 1)) + sum / (n + 1), each operation rounded.
//          Both first entries give the same bits, on every device. No atomics.
// Bytes:   sizeof(x) read once, 16 a load, + 8 * sequences * slices * inFeatures of partial sums (3 % of it each way
//          for 16 bits). Bound by bandwidth.
// Launch:  1. grid (ceil(inFeatures / (32 * columns of a thread)), slices, sequences), block 256; a thread has
//             8 columns (f32: 4; any: 1); sequences <= 65535 a launch, slices <= 65535
//          2. grid ceil(inFeatures / 32), block 256.  No dynamic shared memory.
// Limits:  seqlen >= 1, sequencesBefore + sequences < 2^24: then n / (n + 1) in fp32 equals the quotient taken in
//          double and rounded, as the CPU has it
#include "weights.cuh"

constexpr int CHAIN = 8;           // tokens of a thread
constexpr int CHAINS = 8;          // warps of a block
constexpr int SLICE = CHAIN * CHAINS;

// Column lane * E + i of a block lies at i * PITCH + lane: no bank conflicts, neither by i nor by column.
template <int E>
constexpr int PITCH = WARP + WARP / E;

// E neighbouring values as they lie in memory: one 16-byte vector, or one element in the first word.
template <class T, int E>
__device__ __forceinline__ void loadColumns(uint32_t words[4], const typename T::Bits* address) {
    if (E == 1) {
        words[0] = uint32_t(__ldg(address));
    } else {
        loadStreamed(words, address);
    }
}

template <class T, int E>
__device__ __forceinline__ void partialSums(const typename T::Bits* __restrict__ x, float* __restrict__ partial,
        int seqlen, int inFeatures) {
    __shared__ float chains[CHAINS][PITCH<E> * E];
    const int lane = threadIdx.x % WARP;
    const int chain = threadIdx.x / WARP;
    const int firstColumn = blockIdx.x * WARP * E;
    const int column = firstColumn + lane * E;
    const int token = blockIdx.y * SLICE + chain * CHAIN;
    float sums[E];
#pragma unroll
    for (int i = 0; i < E; i++) {
        sums[i] = 0.0f;
    }
    if (column < inFeatures) {
        const typename T::Bits* start = x + (size_t(blockIdx.z) * seqlen + token) * inFeatures + column;
        // All loads first, so that all are in flight; tokens past the end are zeros, which add nothing.
        uint32_t words[CHAIN][4];
#pragma unroll
        for (int k = 0; k < CHAIN; k++) {
            words[k][0] = words[k][1] = words[k][2] = words[k][3] = 0;
            if (token + k < seqlen) {
                loadColumns<T, E>(words[k], start + size_t(k) * inFeatures);
            }
        }
#pragma unroll
        for (int k = 0; k < CHAIN; k++) {
#pragma unroll
            for (int i = 0; i < E; i++) {
                float value = weightAt<T>(words[k], i);
                sums[i] = __fmaf_rn(value, value, sums[i]);
            }
        }
    }
#pragma unroll
    for (int i = 0; i < E; i++) {
        chains[chain][i * PITCH<E> + lane] = sums[i];
    }
    __syncthreads();
    const int mine = firstColumn + int(threadIdx.x);
    if (threadIdx.x < WARP * E && mine < inFeatures) {
        const int at = int(threadIdx.x) % E * PITCH<E> + int(threadIdx.x) / E;
        float sum = chains[0][at];
#pragma unroll
        for (int k = 1; k < CHAINS; k++) {
            sum = __fadd_rn(sum, chains[k][at]);
        }
        partial[(size_t(blockIdx.z) * gridDim.y + blockIdx.y) * inFeatures + mine] = sum;
    }
}

#define PARTIAL_ENTRY(NAME, T, E) \
    extern "C" __global__ void __launch_bounds__(256) \
    NAME(const T::Bits* __restrict__ x, float* __restrict__ partial, int seqlen, int inFeatures) { \
        partialSums<T, E>(x, partial, seqlen, inFeatures); \
    }

PARTIAL_ENTRY(column_squares_partial_f16, F16, 8)
PARTIAL_ENTRY(column_squares_partial_bf16, Bf16, 8)
PARTIAL_ENTRY(column_squares_partial_f32, F32, 4)
PARTIAL_ENTRY(column_squares_partial_any_f16, F16, 1)
PARTIAL_ENTRY(column_squares_partial_any_bf16, Bf16, 1)
PARTIAL_ENTRY(column_squares_partial_any_f32, F32, 1)

// 32 columns a block; a warp adds the slices of one sequence, the first warp then folds the sequences of all warps.
extern "C" __global__ void __launch_bounds__(256)
column_squares_fold(const float* __restrict__ partial, float* __restrict__ s, int sequences, int slices,
        int inFeatures, int sequencesBefore) {
    __shared__ float sums[CHAINS][WARP];
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int column = blockIdx.x * WARP + lane;
    const bool present = column < inFeatures;
    float mean = present && warp == 0 ? s[column] : 0.0f;
    for (int first = 0; first < sequences; first += CHAINS) {
        if (present && first + warp < sequences) {
            const float* p = partial + size_t(first + warp) * slices * inFeatures + column;
            float sum = 0.0f;
#pragma unroll 16
            for (int slice = 0; slice < slices; slice++) {
                sum = __fadd_rn(sum, __ldg(p + size_t(slice) * inFeatures));
            }
            sums[warp][lane] = sum;
        }
        __syncthreads();
        if (present && warp == 0) {
            for (int i = 0; i < CHAINS && first + i < sequences; i++) {
                float n = float(sequencesBefore + first + i);
                float next = float(sequencesBefore + first + i + 1);
                mean = __fadd_rn(__fmul_rn(mean, __fdiv_rn(n, next)), __fdiv_rn(sums[i][lane], next));
            }
        }
        __syncthreads();
    }
    if (present && warp == 0) {
        s[column] = mean;
    }
}
