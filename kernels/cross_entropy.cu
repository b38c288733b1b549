// cross_entropy.cu: loss[t] = log(sum_v e^logit[t][v]) - logit[t][targets[t]], the vocabulary in pieces, so that neither
//                   logits nor probabilities of all of it ever stand in memory
// In:      logits [tokens, columns] f32, of the words firstWord ... firstWord + columns - 1; targets [tokens] int32,
//          negative: no loss is asked for
// In/out:  maxima, sums, targetLogits [tokens] f32: over the words so far; undefined before firstWord = 0
// Out:     losses [tokens] f32, 0 where none is asked for
// Entries: 1. cross_entropy_fold, once a piece, pieces by ascending word   2. cross_entropy_finish
// Order:   a thread takes every 256th column in turn, a warp adds by halves, the block's warps in order, pieces in order.
// Bytes:   fold 4 * tokens * columns, read twice, the second time from L2; finish 16 * tokens. Bound by bandwidth.
// A NaN among the logits comes through by the sum.
// Launch:  fold: grid tokens, block 256; finish: grid ceil(tokens / 256), block 256
#include "block.cuh"

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / LANES;

__device__ __forceinline__ float blockMax(float x, float maxima[WARPS]) {
#pragma unroll
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
        x = fmaxf(x, __shfl_xor_sync(FULL_WARP, x, distance));
    }
    if (threadIdx.x % LANES == 0) {
        maxima[threadIdx.x / LANES] = x;
    }
    __syncthreads();
    float largest = maxima[0];
#pragma unroll
    for (int i = 1; i < WARPS; i++) {
        largest = fmaxf(largest, maxima[i]);
    }
    __syncthreads();
    return largest;
}

extern "C" __global__ void __launch_bounds__(THREADS)
cross_entropy_fold(const float* __restrict__ logits, int columns, int firstWord, const int* __restrict__ targets,
        float* __restrict__ maxima, float* __restrict__ sums, float* __restrict__ targetLogits) {
    __shared__ float scratch[WARPS];
    const int t = blockIdx.x;
    const float* mine = logits + size_t(t) * columns;
    float largest = -INFINITY;
    for (int v = threadIdx.x; v < columns; v += THREADS) {
        largest = fmaxf(largest, mine[v]);
    }
    largest = blockMax(largest, scratch);
    const float before = firstWord == 0 ? -INFINITY : maxima[t];
    const float maximum = fmaxf(largest, before);
    float sum = 0.0f;
    for (int v = threadIdx.x; v < columns; v += THREADS) {
        sum = __fadd_rn(sum, expf(__fsub_rn(mine[v], maximum)));
    }
    sum = blockSum<WARPS>(sum, scratch);
    if (threadIdx.x == 0) {
        const float earlier = firstWord == 0 ? 0.0f : __fmul_rn(sums[t], expf(__fsub_rn(before, maximum)));
        sums[t] = __fadd_rn(earlier, sum);
        maxima[t] = maximum;
        const int target = targets[t] - firstWord;
        if (targets[t] >= 0 && target >= 0 && target < columns) {
            targetLogits[t] = mine[target];
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
cross_entropy_finish(int tokens, const int* __restrict__ targets, const float* __restrict__ maxima,
        const float* __restrict__ sums, const float* __restrict__ targetLogits, float* __restrict__ losses) {
    const int t = blockIdx.x * THREADS + threadIdx.x;
    if (t < tokens) {
        losses[t] = targets[t] < 0 ? 0.0f
                : __fsub_rn(__fadd_rn(logf(sums[t]), maxima[t]), targetLogits[t]);
    }
}
