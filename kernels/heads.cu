// heads.cu: what is done to attention heads inside the rows of a matrix, before attention
//   head_norm  x = x / sqrt(mean(x^2) + epsilon) * gain, each head on its own, in place      (Qwen3's q and k norms)
//   rotary     (x[i], x[i+n]) = (x[i] cos - x[i+n] sin, x[i+n] cos + x[i] sin) for i < n, in place (Su et al. 2021)
//   copy_heads target = source, from one layout to another: how keys and values enter a cache
// In:      heads [rows][count][headDim] f16 or bf16; element (row, head, d) at row * rowWidth + offset + head * stride + d
//          gain [headDim] f32; cos, sin [positions, n] f32; row r has position first + r mod seqlen
// Entries: {head_norm,rotary,copy_heads}_{f16,bf16}
// Order:   head_norm: a lane adds its elements by ascending dimension, the warp by halves.
// Bytes:   4 * rows * count * headDim (rotary: of the rotated part), beside tables that stay in L2. Bound by bandwidth.
// Launch:  grid at most 8 blocks a multiprocessor, block 256: a warp a head, and walks on
// Limits:  headDim <= 256 for head_norm; rows * count < 2^31 less the warps of a launch
#include "block.cuh"

constexpr int THREADS = 256;
constexpr int HEADS_OF_A_BLOCK = THREADS / LANES;
constexpr int MOST_ELEMENTS = 256 / LANES;

struct Layout {
    int rowWidth;
    int offset;
    int stride;
    __device__ __forceinline__ size_t of(int row, int head) const {
        return size_t(row) * rowWidth + offset + size_t(head) * stride;
    }
};

// Calls `work(row, head)` for the heads of this warp: all warps of the launch take heads in turn, row by row.
template <class Work>
__device__ __forceinline__ void forMyHeads(int rows, int count, Work work) {
    const int warps = gridDim.x * HEADS_OF_A_BLOCK;
    int head = blockIdx.x * HEADS_OF_A_BLOCK + threadIdx.x / LANES;
    for (int row = head / count; row < rows; row = head / count) {
        work(row, head % count);
        head += warps;
    }
}

template <class T>
__device__ __forceinline__ void headNorm(typename T::Bits* x, Layout layout, int rows, int count, int headDim,
        const float* gain, float epsilon) {
    const int lane = threadIdx.x % LANES;
    forMyHeads(rows, count, [&](int row, int head) {
        typename T::Bits* mine = x + layout.of(row, head);
        float values[MOST_ELEMENTS];
        float squares = 0.0f;
#pragma unroll
        for (int i = 0; i < MOST_ELEMENTS; i++) {
            int d = i * LANES + lane;
            values[i] = d < headDim ? T::value(mine[d]) : 0.0f;
            squares = __fmaf_rn(values[i], values[i], squares);
        }
        float mean = __fdiv_rn(warpSum(squares), float(headDim));
        float scale = __frcp_rn(__fsqrt_rn(__fadd_rn(mean, epsilon)));
#pragma unroll
        for (int i = 0; i < MOST_ELEMENTS; i++) {
            int d = i * LANES + lane;
            if (d < headDim) {
                mine[d] = T::bits(__fmul_rn(__fmul_rn(values[i], scale), __ldg(gain + d)));
            }
        }
    });
}

template <class T>
__device__ __forceinline__ void rotary(typename T::Bits* x, Layout layout, int rows, int count, const float* cosines,
        const float* sines, int half, int first, int seqlen) {
    const int lane = threadIdx.x % LANES;
    forMyHeads(rows, count, [&](int row, int head) {
        typename T::Bits* mine = x + layout.of(row, head);
        const size_t angles = size_t(first + row % seqlen) * half;
        for (int i = lane; i < half; i += LANES) {
            float c = __ldg(cosines + angles + i);
            float s = __ldg(sines + angles + i);
            float low = T::value(mine[i]);
            float high = T::value(mine[i + half]);
            mine[i] = T::bits(__fsub_rn(__fmul_rn(low, c), __fmul_rn(high, s)));
            mine[i + half] = T::bits(__fadd_rn(__fmul_rn(high, c), __fmul_rn(low, s)));
        }
    });
}

template <class T>
__device__ __forceinline__ void copyHeads(const typename T::Bits* source, Layout from, typename T::Bits* target, Layout to,
        int rows, int count, int headDim) {
    const int lane = threadIdx.x % LANES;
    forMyHeads(rows, count, [&](int row, int head) {
        for (int d = lane; d < headDim; d += LANES) {
            target[to.of(row, head) + d] = source[from.of(row, head) + d];
        }
    });
}

#define HEAD_ENTRIES(SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    head_norm_##SUFFIX(T::Bits* __restrict__ x, int rowWidth, int offset, int stride, int rows, int count, int headDim, \
            const float* __restrict__ gain, float epsilon) { \
        headNorm<T>(x, Layout{rowWidth, offset, stride}, rows, count, headDim, gain, epsilon); \
    } \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    rotary_##SUFFIX(T::Bits* __restrict__ x, int rowWidth, int offset, int stride, int rows, int count, \
            const float* __restrict__ cosines, const float* __restrict__ sines, int half, int first, int seqlen) { \
        rotary<T>(x, Layout{rowWidth, offset, stride}, rows, count, cosines, sines, half, first, seqlen); \
    } \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    copy_heads_##SUFFIX(const T::Bits* __restrict__ source, int fromWidth, int fromOffset, int fromStride, \
            T::Bits* __restrict__ target, int toWidth, int toOffset, int toStride, int rows, int count, int headDim) { \
        copyHeads<T>(source, Layout{fromWidth, fromOffset, fromStride}, target, Layout{toWidth, toOffset, toStride}, \
                rows, count, headDim); \
    }

HEAD_ENTRIES(f16, F16)
HEAD_ENTRIES(bf16, Bf16)
