// attention.cu: out = softmax(q k^T scale + bias) v, causal, without the matrix of scores    (Dao 2023, algorithm 1)
// In:      q, k, v: heads inside rows, f16 or bf16; element (row, head, d) at row * width + offset + head * stride + d.
//          Rows are sequences one after the other, queryLength of q and out, keyLength of k and v each; query i of a
//          sequence has position keyLength - queryLength + i. Query head h reads key head h / (heads / kvHeads).
//          window: a query at position p sees keys p - window < j <= p; 0 = all up to p
//          slopes [heads] f32 or null: slope * j is added to the score of key j (ALiBi, Press et al. 2022)
// Out:     out [tokens, heads * headDim] in q's type, rounded once
// Entries: attention_{64,128,256}_{f16,bf16}: headDim up to that; dimensions past headDim are zeros and not multiplied
// Order:   keys in tiles, ascending; inside a tile mma.sync adds in steps of 16 keys. The same bits on every run.
// Method:  a block is 64 queries of one head, a warp 16 of them. Tiles of keys and values that one of the queries sees go
//          through two stages, filled by cp.async while the tile before is worked on. Maximum and sum of the softmax are
//          kept in fp32 and corrected as they grow; probabilities are rounded to 16 bits for the second product. Only
//          tiles on the diagonal, at the window's edge or at the end are masked, warp by warp.
// Bytes:   2 * (q + out) and 2 * (k + v) for each tile of queries, from L2. Bound by the tensor cores and, beside them, by
//          the exponentials.
// Launch:  grid (ceil(queryLength / 64), heads, sequences), block 128, dynamic shared memory 2 * D * (64 + 4 * keys of a
//          tile), 64 keys (D = 256: 32)
// Limits:  1 <= headDim <= 256; heads, sequences <= 65535; every query sees its own key
#include "tiles.cuh"

constexpr int WARPS = 4;
constexpr int THREADS = WARPS * LANES;
constexpr int QUERIES = 64;

struct HeadRows {
    const uint16_t* data;
    int width;
    int offset;
    int stride;
};

__device__ __forceinline__ float exp2Approximately(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

template <class T>
__device__ __forceinline__ uint32_t packed(float low, float high) {
    return uint32_t(T::bits(low)) | uint32_t(T::bits(high)) << 16;
}

// Place of chunk c of row r in a tile whose rows have D elements.
template <int D>
__device__ __forceinline__ uint32_t placeOf(int r, int c) {
    return r * D * 2 + ((c & ~7) | ((c ^ r) & 7)) * CHUNK_BYTES;
}

// Copies ROWS rows of one head to a tile; rows from `end` on, and dimensions past headDim, become zeros.
template <int D, int ROWS>
__device__ __forceinline__ void loadTile(uint32_t tile, const HeadRows& rows, size_t firstRow, int head, int end,
        int headDim, bool vectors) {
    constexpr int CHUNKS_OF_ROW = D / VECTOR;
    const uint16_t* base = rows.data + firstRow * rows.width + rows.offset + size_t(head) * rows.stride;
#pragma unroll
    for (int i = 0; i < ROWS * CHUNKS_OF_ROW / THREADS; i++) {
        const int row = (i * THREADS + int(threadIdx.x)) / CHUNKS_OF_ROW;
        const int chunk = (i * THREADS + int(threadIdx.x)) % CHUNKS_OF_ROW;
        const uint32_t target = tile + placeOf<D>(row, chunk);
        const int left = row < end ? headDim - chunk * VECTOR : 0;
        const uint16_t* source = base + size_t(row) * rows.width + chunk * VECTOR;
        if (vectors) {
            copyAsync(target, left > 0 ? source : rows.data, left > 0 ? CHUNK_BYTES : 0);
        } else {
            gatherChunk(target, source, left);
        }
    }
}

template <class T, int D, int KEYS>
__device__ __forceinline__ void attend(const HeadRows& q, const HeadRows& k, const HeadRows& v, int headsOfKeyHead,
        int window, const float* slopes, float scale, int queryLength, int keyLength, int headDim, bool vectors,
        uint16_t* out) {
    constexpr float LOG2_E = 1.44269504f;
    constexpr int ROW = D * 2;
    constexpr int TILE_BYTES = KEYS * ROW;
    constexpr int KEY_TILES = KEYS / 8;
    extern __shared__ __align__(128) uint8_t memory[];
    const uint32_t queries = sharedAddress(memory);
    const uint32_t stages = queries + QUERIES * ROW;
    const int lane = threadIdx.x % LANES;
    const int warp = threadIdx.x / LANES;
    const int head = blockIdx.y;
    const int keyHead = head / headsOfKeyHead;
    // The tiles that see most keys first.
    const int firstQuery = (int(gridDim.x) - 1 - int(blockIdx.x)) * QUERIES;
    const int firstPosition = keyLength - queryLength + firstQuery;
    const size_t firstKeyRow = size_t(blockIdx.z) * keyLength;
    const size_t firstQueryRow = size_t(blockIdx.z) * queryLength + firstQuery;
    const int lastPosition = min(firstPosition + QUERIES, keyLength) - 1;
    const int firstTile = window > 0 ? max(0, firstPosition - window + 1) / KEYS : 0;
    const int tiles = lastPosition / KEYS + 1;

    auto load = [&](int tile) {
        if (tile < tiles) {
            const uint32_t stage = stages + (tile - firstTile) % 2 * 2 * TILE_BYTES;
            const size_t row = firstKeyRow + size_t(tile) * KEYS;
            loadTile<D, KEYS>(stage, k, row, keyHead, keyLength - tile * KEYS, headDim, vectors);
            loadTile<D, KEYS>(stage + TILE_BYTES, v, row, keyHead, keyLength - tile * KEYS, headDim, vectors);
        }
        commitCopies();
    };
    loadTile<D, QUERIES>(queries, q, firstQueryRow, head, queryLength - firstQuery, headDim, vectors);
    load(firstTile);

    const float factor = scale * LOG2_E;
    const float slope = slopes == nullptr ? 0.0f : __ldg(slopes + head) * LOG2_E;
    const int warpPosition = firstPosition + warp * 16;
    float results[D / 8][4] = {};
    float maxima[2] = {-INFINITY, -INFINITY};
    float sums[2] = {0.0f, 0.0f};
    const uint32_t qRow = queries + (warp * 16 + lane % 16) * ROW;
    const uint32_t kRow = (lane % 8 + lane / 16 * 8) * ROW;
    const uint32_t vRow = TILE_BYTES + lane % 16 * ROW;
    const uint32_t highChunk = ((lane / 16) ^ (lane % 8)) * CHUNK_BYTES;
    const uint32_t oddChunk = ((lane / 8 % 2) ^ (lane % 8)) * CHUNK_BYTES;
    for (int tile = firstTile; tile < tiles; tile++) {
        waitForCopies<0>();
        __syncthreads();
        load(tile + 1);
        const uint32_t stage = stages + (tile - firstTile) % 2 * 2 * TILE_BYTES;

        float scores[KEY_TILES][4] = {};
#pragma unroll
        for (int s = 0; s < D / 16; s++) {
            if (s * 16 < headDim) {
                const uint32_t group = s / 4 * 8 * CHUNK_BYTES;
                const uint32_t step = s % 4 * 2 * CHUNK_BYTES;
                uint32_t a[4];
                loadMatrices(a, qRow + group + (highChunk ^ step));
#pragma unroll
                for (int j = 0; j < KEY_TILES / 2; j++) {
                    uint32_t b[4];
                    loadMatrices(b, stage + kRow + j * 16 * ROW + group + (oddChunk ^ step));
                    multiplyAdd<T>(scores[2 * j], a, b[0], b[1]);
                    multiplyAdd<T>(scores[2 * j + 1], a, b[2], b[3]);
                }
            }
        }

        const int firstKey = tile * KEYS;
        const bool masked = firstKey + KEYS - 1 > warpPosition || (window > 0 && firstKey <= warpPosition + 15 - window);
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int position = warpPosition + half * 8 + lane / 4;
            float maximum = maxima[half];
#pragma unroll
            for (int j = 0; j < KEY_TILES; j++) {
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    float& score = scores[j][2 * half + e];
                    const int key = firstKey + j * 8 + lane % 4 * 2 + e;
                    score = __fmul_rn(score, factor);
                    if (slopes != nullptr) {
                        score = __fmaf_rn(slope, float(key), score);
                    }
                    if (masked && (key > position || (window > 0 && key <= position - window))) {
                        score = -INFINITY;
                    }
                    maximum = fmaxf(maximum, score);
                }
            }
            maximum = fmaxf(maximum, __shfl_xor_sync(FULL_WARP, maximum, 1));
            maximum = fmaxf(maximum, __shfl_xor_sync(FULL_WARP, maximum, 2));
            // No key seen yet: nothing to correct, and no infinity to take from another.
            const float reference = maximum == -INFINITY ? 0.0f : maximum;
            const float correction = exp2Approximately(__fsub_rn(maxima[half], reference));
            maxima[half] = maximum;
            float sum = 0.0f;
#pragma unroll
            for (int j = 0; j < KEY_TILES; j++) {
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    float& score = scores[j][2 * half + e];
                    score = exp2Approximately(__fsub_rn(score, reference));
                    sum = __fadd_rn(sum, score);
                }
            }
            sums[half] = __fmaf_rn(sums[half], correction, sum);
#pragma unroll
            for (int d = 0; d < D / 8; d++) {
                results[d][2 * half] = __fmul_rn(results[d][2 * half], correction);
                results[d][2 * half + 1] = __fmul_rn(results[d][2 * half + 1], correction);
            }
        }

#pragma unroll
        for (int s = 0; s < KEYS / 16; s++) {
            const uint32_t p[4] = {packed<T>(scores[2 * s][0], scores[2 * s][1]),
                    packed<T>(scores[2 * s][2], scores[2 * s][3]), packed<T>(scores[2 * s + 1][0], scores[2 * s + 1][1]),
                    packed<T>(scores[2 * s + 1][2], scores[2 * s + 1][3])};
#pragma unroll
            for (int d = 0; d < D / 16; d++) {
                if (d * 16 < headDim) {
                    uint32_t b[4];
                    loadTransposed(b, stage + vRow + s * 16 * ROW + d / 4 * 8 * CHUNK_BYTES
                            + (highChunk ^ (d % 4 * 2 * CHUNK_BYTES)));
                    multiplyAdd<T>(results[2 * d], p, b[0], b[1]);
                    multiplyAdd<T>(results[2 * d + 1], p, b[2], b[3]);
                }
            }
        }
    }

    const size_t width = size_t(gridDim.y) * headDim;
    const bool pairs = headDim % 2 == 0 && (reinterpret_cast<uintptr_t>(out) & 3) == 0;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float sum = sums[half];
        sum = __fadd_rn(sum, __shfl_xor_sync(FULL_WARP, sum, 1));
        sum = __fadd_rn(sum, __shfl_xor_sync(FULL_WARP, sum, 2));
        const float inverse = __frcp_rn(sum);
        const int row = warp * 16 + half * 8 + lane / 4;
        if (firstQuery + row < queryLength) {
            uint16_t* target = out + (firstQueryRow + row) * width + size_t(head) * headDim;
#pragma unroll
            for (int d = 0; d < D / 8; d++) {
                const int dimension = d * 8 + lane % 4 * 2;
                const float low = __fmul_rn(results[d][2 * half], inverse);
                const float high = __fmul_rn(results[d][2 * half + 1], inverse);
                if (pairs && dimension < headDim) {
                    *reinterpret_cast<uint32_t*>(target + dimension) = packed<T>(low, high);
                } else if (dimension < headDim) {
                    target[dimension] = T::bits(low);
                    if (dimension + 1 < headDim) {
                        target[dimension + 1] = T::bits(high);
                    }
                }
            }
        }
    }
}

#define ATTENTION_ENTRY(SUFFIX, T, D, KEYS) \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    attention_##D##_##SUFFIX(const uint16_t* __restrict__ q, int qWidth, int qOffset, int qStride, \
            const uint16_t* __restrict__ k, int kWidth, int kOffset, int kStride, \
            const uint16_t* __restrict__ v, int vWidth, int vOffset, int vStride, int headsOfKeyHead, int window, \
            const float* __restrict__ slopes, float scale, int queryLength, int keyLength, int headDim, int vectors, \
            uint16_t* __restrict__ out) { \
        attend<T, D, KEYS>(HeadRows{q, qWidth, qOffset, qStride}, HeadRows{k, kWidth, kOffset, kStride}, \
                HeadRows{v, vWidth, vOffset, vStride}, headsOfKeyHead, window, slopes, scale, queryLength, keyLength, \
                headDim, vectors != 0, out); \
    }

#define ATTENTION_ENTRIES(SUFFIX, T) \
    ATTENTION_ENTRY(SUFFIX, T, 64, 64) \
    ATTENTION_ENTRY(SUFFIX, T, 128, 64) \
    ATTENTION_ENTRY(SUFFIX, T, 256, 32)

ATTENTION_ENTRIES(f16, F16)
ATTENTION_ENTRIES(bf16, Bf16)
