// mask_bitmap.cu: which weights are left, as bits, and how many are not, by tile   (reports; docs/numerics.md)
// In:      w [rows, cols] f16, bf16 or f32, row-major without gaps
// Out:     bitmap [rows, ceil(cols / 32)] u32: bit i of word q = weight 32 * q + i is not zero; bits past cols are 0
//          zeros [ceil(rows / tileRows), ceil(cols / tileCols)] u32: weights equal to zero, of either sign, in each
//          tile; overwritten
// Entries: mask_bitmap_{16,32} (w, rows, cols, bitmap), count_zeros_{16,32} (w, rows, cols, tileRows, tileCols, zeros):
//          16 for f16 and bf16, 32 for f32
// Order:   integers only; a block owns a tile, nothing is added across blocks. NaN is not zero.
// Bytes:   w read once, 2 or 4 a lane, neighbouring; 1/8 byte a weight written by mask_bitmap. Bound by bandwidth.
// Launch:  mask_bitmap: grid (ceil(cols / 1024), min(rows, 65535)), block 256, a lane four words of its warp
//          count_zeros: grid (ceil(cols / tileCols), ceil(rows / tileRows)), block 256.  No dynamic shared memory.
// Limits:  tileRows * tileCols < 2^32; ceil(rows / tileRows) <= 65535
#include "weights.cuh"

constexpr int WORDS_OF_WARP = 4;

// -0 is zero: its sign is shifted out.
template <class Bits>
__device__ __forceinline__ bool isZero(Bits bits) {
    return Bits(bits << 1) == 0;
}

template <class Bits>
__device__ __forceinline__ void writeBitmap(const Bits* __restrict__ w, int rows, int cols,
        uint32_t* __restrict__ bitmap) {
    const int lane = threadIdx.x % WARP;
    const int warp = (blockIdx.x * blockDim.x + threadIdx.x) / WARP;
    const int wordsOfRow = (cols + WARP - 1) / WARP;
    for (int r = blockIdx.y; r < rows; r += gridDim.y) {
        uint32_t words[WORDS_OF_WARP];
#pragma unroll
        for (int i = 0; i < WORDS_OF_WARP; i++) {
            int c = (warp * WORDS_OF_WARP + i) * WARP + lane;
            bool left = c < cols && !isZero(w[size_t(r) * cols + c]);
            words[i] = __ballot_sync(ALL_LANES, left);
        }
        uint32_t own = lane == 0 ? words[0] : lane == 1 ? words[1] : lane == 2 ? words[2] : words[3];
        int word = warp * WORDS_OF_WARP + lane;
        if (lane < WORDS_OF_WARP && word < wordsOfRow) {
            bitmap[size_t(r) * wordsOfRow + word] = own;
        }
    }
}

template <class Bits>
__device__ __forceinline__ void countInTile(const Bits* __restrict__ w, int rows, int cols, int tileRows,
        int tileCols, uint32_t* __restrict__ zeros) {
    __shared__ uint32_t ofWarp[WARP];
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int warps = blockDim.x / WARP;
    const long long firstRow = (long long) blockIdx.y * tileRows;
    const long long firstCol = (long long) blockIdx.x * tileCols;
    const long long endRow = min(firstRow + tileRows, (long long) rows);
    const long long endCol = min(firstCol + tileCols, (long long) cols);
    uint32_t count = 0;
    for (long long r = firstRow + warp; r < endRow; r += warps) {
        for (long long c = firstCol + lane; c < endCol; c += WARP) {
            count += isZero(w[r * cols + c]) ? 1 : 0;
        }
    }
    count = __reduce_add_sync(ALL_LANES, count);
    if (lane == 0) {
        ofWarp[warp] = count;
    }
    __syncthreads();
    if (warp == 0) {
        count = __reduce_add_sync(ALL_LANES, lane < warps ? ofWarp[lane] : 0u);
        if (lane == 0) {
            zeros[size_t(blockIdx.y) * gridDim.x + blockIdx.x] = count;
        }
    }
}

#define ENTRIES(SUFFIX, BITS) \
    extern "C" __global__ void __launch_bounds__(256) \
    mask_bitmap_##SUFFIX(const BITS* __restrict__ w, int rows, int cols, uint32_t* __restrict__ bitmap) { \
        writeBitmap<BITS>(w, rows, cols, bitmap); \
    } \
    extern "C" __global__ void __launch_bounds__(256) \
    count_zeros_##SUFFIX(const BITS* __restrict__ w, int rows, int cols, int tileRows, int tileCols, \
            uint32_t* __restrict__ zeros) { \
        countInTile<BITS>(w, rows, cols, tileRows, tileCols, zeros); \
    }

ENTRIES(16, uint16_t)
ENTRIES(32, uint32_t)
