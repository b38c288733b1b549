// select_groups.cu: N:M selection; in every group of M neighbouring weights of a row the M - N with the smallest
// (score, column) become +0, score = |w| * norm   (Wanda, section 3.2; reference-semantics section 5)
// In/out:  w [rows, cols] f16, bf16 or f32, row-major without gaps; weights that stay keep their bits
// In:      norms [cols] f32 of input_norms.cu
// Entries: select_groups_2_4_{f16,bf16,f32}, select_groups_4_8_{f16,bf16,f32} (w, norms, rows, cols):
//              8 columns a thread, groups ranked in registers
//          select_groups_any_{f16,bf16,f32} (w, norms, rows, cols, m, zeroed): a weight a lane, its rank counted by
//              shuffles; groups do not cross a warp; a shorter group at the end of a row loses as many
// Order:   exact by (bits of the score, column), NaN last; each group is on its own.
// Bytes:   w read once and written once, 16 an access (any: 2 or 4), norms from L2. Bound by bandwidth (any: by issue).
// Launch:  2_4, 4_8: grid (ceil(cols / 1024), min(ceil(rows / 4), 65535)), block 128
//          any: grid (ceil(ceil(cols / m) / (8 * floor(32 / m))), min(rows, 65535)), block 256; a block walks rows
//          blockIdx.y, blockIdx.y + gridDim.y, ...   No dynamic shared memory.
// Limits:  2_4, 4_8: cols % 8 == 0, w and norms 16-byte aligned.   any: 1 <= m <= 32, 0 <= zeroed <= m
#include "weights.cuh"

constexpr int COLUMNS = 8;         // of a thread
constexpr int WARPS = 8;

// Whether the weight at position i of M goes: fewer than M - N others come before it by (key, position).
template <int M>
__device__ __forceinline__ bool isAmongSmallest(const uint32_t keys[M], int i, int zeroed) {
    int before = 0;
#pragma unroll
    for (int j = 0; j < M; j++) {
        if (j != i) {
            before += (j < i ? keys[j] <= keys[i] : keys[j] < keys[i]) ? 1 : 0;
        }
    }
    return before < zeroed;
}

template <class T, int M, int ZEROED>
__device__ __forceinline__ void selectInRegisters(typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols) {
    constexpr int VECTORS = COLUMNS / T::PER_VECTOR;
    const int column = (blockIdx.x * blockDim.x + threadIdx.x) * COLUMNS;
    if (column >= cols) {
        return;
    }
    float n[COLUMNS];
    loadNorms<COLUMNS>(n, norms + column);
    for (int r = blockIdx.y; r < rows; r += gridDim.y) {
        typename T::Bits* address = w + size_t(r) * cols + column;
        uint32_t words[4 * VECTORS];
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            loadStreamed(words + 4 * v, address + v * T::PER_VECTOR);
        }
        uint32_t keys[COLUMNS];
#pragma unroll
        for (int i = 0; i < COLUMNS; i++) {
            keys[i] = scoreKey(weightAt<T>(words, i), n[i]);
        }
#pragma unroll
        for (int i = 0; i < COLUMNS; i++) {
            clearIf<T>(words, i, isAmongSmallest<M>(keys + i / M * M, i % M, ZEROED));
        }
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            storeStreamed(address + v * T::PER_VECTOR, words + 4 * v);
        }
    }
}

template <class T>
__device__ __forceinline__ void selectByShuffles(typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols, int m, int zeroed) {
    const int lane = threadIdx.x % WARP;
    const int groupsOfWarp = WARP / m;
    const int warp = blockIdx.x * WARPS + threadIdx.x / WARP;
    const int groupStart = lane / m * m;
    const long long column = (long long) warp * groupsOfWarp * m + lane;
    // Lanes behind the warp's last whole group stay idle but take part in the shuffles.
    const bool present = lane < groupsOfWarp * m && column < cols;
    const float norm = present ? __ldg(norms + column) : 0.0f;
    for (int r = blockIdx.y; r < rows; r += gridDim.y) {
        typename T::Bits* address = w + size_t(r) * cols + column;
        uint32_t key = present ? scoreKey(T::low(uint32_t(*address)), norm) : NO_KEY;
        int before = 0;
        for (int j = 0; j < m; j++) {
            int other = groupStart + j;
            // Idle lanes may name a lane past 31, which wraps; nobody uses what they count.
            uint32_t otherKey = __shfl_sync(ALL_LANES, key, other & (WARP - 1));
            before += otherKey < key || (otherKey == key && other < lane) ? 1 : 0;
        }
        if (present && before < zeroed) {
            *address = 0;
        }
    }
}

#define ENTRIES(SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(128) \
    select_groups_2_4_##SUFFIX(T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols) { \
        selectInRegisters<T, 4, 2>(w, norms, rows, cols); \
    } \
    extern "C" __global__ void __launch_bounds__(128) \
    select_groups_4_8_##SUFFIX(T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols) { \
        selectInRegisters<T, 8, 4>(w, norms, rows, cols); \
    } \
    extern "C" __global__ void __launch_bounds__(256) \
    select_groups_any_##SUFFIX(T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, int m, \
            int zeroed) { \
        selectByShuffles<T>(w, norms, rows, cols, m, zeroed); \
    }

ENTRIES(f16, F16)
ENTRIES(bf16, Bf16)
ENTRIES(f32, F32)
