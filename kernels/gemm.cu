// gemm.cu: out = x w^T + bias (+ out): the linear layer, 16-bit operands, fp32 sums, one rounding
// In:      x [tokens, k], w [features, k] f16 or bf16, both along k; bias [features] f32 or null
// In/out:  out [tokens, features] in x's type, or f32 (wide); its old content is added where `add` is set
// Entries: gemm_{256,128,64,16}_{f16,bf16}: tiles of 128 x 256, 128 x 128, 64 x 64, 16 x 64 tokens x features;
//          k % 8 == 0, x and w 16-byte aligned
//          gemm_any_{f16,bf16}: 64 x 64, any k and alignment
//          (x, w, bias, out, tokens, features, k, add, wide)
// Order:   a warp's mma.sync add up k in steps of 16, ascending; no split along k. The same bits for every tile.
// Method:  a block walks along k in steps of 64 through a ring of 3 stages: cp.async fills a stage while the tensor cores
//          read the one before. Rows past the end repeat the last row and are not stored; columns past k are zeros. The
//          sums go through shared memory, so that whole 16-byte vectors are stored.
// Bytes:   2 * k * (tokens * features / tile) of each operand, most of it from L2: blocks that run together share rows of
//          x and w (groups of 8 tiles of tokens).  Bound by the tensor cores from some 128 tokens on, below by memory.
// Launch:  grid tiles (one dimension), block 256, 128, 128, 128; dynamic shared memory STAGES * (tokens + features) * 128
//          of a tile, and at least 4 * tokens * (features + 4)
// Limits:  tokens, features, k >= 1
#include "tiles.cuh"

constexpr int STAGES = 3;
constexpr int STEPS = TILE_K / 16;
// Tiles of tokens that share a tile of features while it is in L2.
constexpr int GROUP = 8;

// Rows of an operand on their way into a stage: each thread copies one column of chunks.
template <class T, int ROWS, int THREADS, bool ANY>
struct Operand {
    static constexpr int ROW_STEP = THREADS / CHUNKS;
    static constexpr int COPIES = ROWS / ROW_STEP;
    static_assert(ROWS % ROW_STEP == 0 && ROW_STEP % CHUNKS == 0, "all copies of a thread have one swizzle");
    const typename T::Bits* rows[COPIES];
    uint32_t place;
    int column;

    __device__ __forceinline__ Operand(const typename T::Bits* matrix, int first, int count, int k) {
        const int row = threadIdx.x / CHUNKS;
        const int chunk = threadIdx.x % CHUNKS;
        column = chunk * VECTOR;
        place = row * ROW_BYTES + ((chunk ^ (row % CHUNKS)) * CHUNK_BYTES);
#pragma unroll
        for (int i = 0; i < COPIES; i++) {
            rows[i] = matrix + size_t(min(first + row + i * ROW_STEP, count - 1)) * k + column;
        }
    }

    // Copies columns step * 64 ... of all rows to a stage.
    __device__ __forceinline__ void load(uint32_t stage, int step, int k) {
        const int left = k - step * TILE_K - column;
#pragma unroll
        for (int i = 0; i < COPIES; i++) {
            const typename T::Bits* source = rows[i] + step * TILE_K;
            const uint32_t target = stage + place + i * ROW_STEP * ROW_BYTES;
            if (!ANY) {
                copyAsync(target, left > 0 ? source : rows[i], left > 0 ? CHUNK_BYTES : 0);
            } else {
                gatherChunk(target, source, left);
            }
        }
    }
};

template <class T>
__device__ __forceinline__ void storeResults(const float* sums, const float* bias, void* out, size_t at, int count,
        bool vectors, bool add, bool wide) {
    typename T::Bits* narrow = static_cast<typename T::Bits*>(out) + at;
    float* floats = static_cast<float*>(out) + at;
    float results[VECTOR];
#pragma unroll
    for (int i = 0; i < VECTOR; i++) {
        results[i] = sums[i];
        if (bias != nullptr && i < count) {
            results[i] = __fadd_rn(results[i], __ldg(bias + i));
        }
    }
    if (vectors && !wide) {
        if (add) {
            float old[VECTOR];
            loadVector<T>(old, narrow);
#pragma unroll
            for (int i = 0; i < VECTOR; i++) {
                results[i] = __fadd_rn(results[i], old[i]);
            }
        }
        storeVector<T>(narrow, results);
        return;
    }
    if (vectors) {
        float4* target = reinterpret_cast<float4*>(floats);
        if (!add) {
            target[0] = make_float4(results[0], results[1], results[2], results[3]);
            target[1] = make_float4(results[4], results[5], results[6], results[7]);
            return;
        }
    }
#pragma unroll
    for (int i = 0; i < VECTOR; i++) {
        if (i < count) {
            if (wide) {
                floats[i] = add ? __fadd_rn(results[i], floats[i]) : results[i];
            } else {
                narrow[i] = T::bits(add ? __fadd_rn(results[i], T::value(narrow[i])) : results[i]);
            }
        }
    }
}

// A tile of M tokens x N features by warps of WM x WN.
template <class T, int M, int N, int WM, int WN, bool ANY>
__device__ __forceinline__ void gemm(const typename T::Bits* x, const typename T::Bits* w, const float* bias, void* out,
        int tokens, int features, int k, bool add, bool wide) {
    constexpr int THREADS = (M / WM) * (N / WN) * LANES;
    constexpr int STAGE_BYTES = (M + N) * ROW_BYTES;
    constexpr int TILES_M = WM / 16;
    constexpr int TILES_N = WN / 8;
    extern __shared__ __align__(128) uint8_t memory[];
    const uint32_t stages = sharedAddress(memory);

    // Blocks go down groups of GROUP tiles of tokens, feature tile by feature tile.
    const int tokenTiles = (tokens + M - 1) / M;
    const int featureTiles = (features + N - 1) / N;
    const int group = blockIdx.x / (GROUP * featureTiles);
    const int inGroup = blockIdx.x % (GROUP * featureTiles);
    const int groupTiles = min(GROUP, tokenTiles - group * GROUP);
    const int firstToken = (group * GROUP + inGroup % groupTiles) * M;
    const int firstFeature = inGroup / groupTiles * N;

    Operand<T, M, THREADS, ANY> tokenRows(x, firstToken, tokens, k);
    Operand<T, N, THREADS, ANY> featureRows(w, firstFeature, features, k);
    const int steps = (k + TILE_K - 1) / TILE_K;
    auto load = [&](int step) {
        if (step < steps) {
            const uint32_t stage = stages + step % STAGES * STAGE_BYTES;
            tokenRows.load(stage, step, k);
            featureRows.load(stage + M * ROW_BYTES, step, k);
        }
        commitCopies();
    };
#pragma unroll
    for (int step = 0; step < STAGES - 1; step++) {
        load(step);
    }

    const int lane = threadIdx.x % LANES;
    const int warp = threadIdx.x / LANES;
    const int warpToken = warp % (M / WM) * WM;
    const int warpFeature = warp / (M / WM) * WN;
    // A lane's row in ldmatrix: of tokens rows 0-15 twice, of features rows 0-7 twice and 8-15 twice. Rows of a warp begin
    // at multiples of 8, so their swizzle is the lane's.
    const uint32_t aRow = (warpToken + lane % 16) * ROW_BYTES;
    const uint32_t aChunk = ((lane / 16) ^ (lane % CHUNKS)) * CHUNK_BYTES;
    const uint32_t bRow = (M + warpFeature + lane % 8 + lane / 16 * 8) * ROW_BYTES;
    const uint32_t bChunk = ((lane / 8 % 2) ^ (lane % CHUNKS)) * CHUNK_BYTES;
    float sums[TILES_M][TILES_N][4] = {};
    for (int step = 0; step < steps; step++) {
        waitForCopies<STAGES - 2>();
        __syncthreads();
        load(step + STAGES - 1);
        const uint32_t stage = stages + step % STAGES * STAGE_BYTES;
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            uint32_t a[TILES_M][4];
            uint32_t b[TILES_N / 2][4];
#pragma unroll
            for (int i = 0; i < TILES_M; i++) {
                loadMatrices(a[i], stage + aRow + i * 16 * ROW_BYTES + (aChunk ^ (s * 2 * CHUNK_BYTES)));
            }
#pragma unroll
            for (int j = 0; j < TILES_N / 2; j++) {
                loadMatrices(b[j], stage + bRow + j * 16 * ROW_BYTES + (bChunk ^ (s * 2 * CHUNK_BYTES)));
            }
#pragma unroll
            for (int i = 0; i < TILES_M; i++) {
#pragma unroll
                for (int j = 0; j < TILES_N; j++) {
                    multiplyAdd<T>(sums[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
                }
            }
        }
    }

    // The stages become a tile of sums; rows are 4 words longer, so that lanes of 8 rows meet different banks.
    constexpr int PITCH = N + 4;
    float* tile = reinterpret_cast<float*>(memory);
    waitForCopies<0>();
    __syncthreads();
#pragma unroll
    for (int i = 0; i < TILES_M; i++) {
#pragma unroll
        for (int j = 0; j < TILES_N; j++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = warpToken + i * 16 + half * 8 + lane / 4;
                const int column = warpFeature + j * 8 + lane % 4 * 2;
                *reinterpret_cast<float2*>(tile + row * PITCH + column) =
                        make_float2(sums[i][j][2 * half], sums[i][j][2 * half + 1]);
            }
        }
    }
    __syncthreads();
    const bool aligned = features % VECTOR == 0 && isVector(out);
    for (int i = threadIdx.x; i < M * N / VECTOR; i += THREADS) {
        const int row = i / (N / VECTOR);
        const int column = i % (N / VECTOR) * VECTOR;
        const int token = firstToken + row;
        const int feature = firstFeature + column;
        if (token < tokens && feature < features) {
            storeResults<T>(tile + row * PITCH + column, bias == nullptr ? nullptr : bias + feature, out,
                    size_t(token) * features + feature, features - feature, aligned, add, wide);
        }
    }
}

#define GEMM_ENTRY(NAME, SUFFIX, T, M, N, WM, WN, ANY) \
    extern "C" __global__ void __launch_bounds__((M / WM) * (N / WN) * LANES) \
    NAME##_##SUFFIX(const T::Bits* __restrict__ x, const T::Bits* __restrict__ w, const float* __restrict__ bias, \
            void* __restrict__ out, int tokens, int features, int k, int add, int wide) { \
        gemm<T, M, N, WM, WN, ANY>(x, w, bias, out, tokens, features, k, add != 0, wide != 0); \
    }

#define GEMM_ENTRIES(SUFFIX, T) \
    GEMM_ENTRY(gemm_256, SUFFIX, T, 128, 256, 64, 64, false) \
    GEMM_ENTRY(gemm_128, SUFFIX, T, 128, 128, 64, 64, false) \
    GEMM_ENTRY(gemm_64, SUFFIX, T, 64, 64, 32, 32, false) \
    GEMM_ENTRY(gemm_16, SUFFIX, T, 16, 64, 16, 16, false) \
    GEMM_ENTRY(gemm_any, SUFFIX, T, 64, 64, 32, 32, true)

GEMM_ENTRIES(f16, F16)
GEMM_ENTRIES(bf16, Bf16)
