// compress_24.cu: 2:4 matrices as values and 2-bit metadata, selected on the way or given, and back
// (reference-semantics section 5; metadata as torch.sparse.SparseSemiStructuredTensorCUTLASS has it)
// In:      w [rows, cols] f16 or bf16, row-major without gaps, not changed;  norms [cols] f32 of input_norms.cu
// Out:     values [rows, cols / 2], the two kept of each group of 4 columns, in column order
//          metadata, 4 bits a group: position of the first kept | position of the second << 2; 4 groups a uint16, the
//          first lowest.  reordered = 0: [rows, cols / 16].  reordered = 1: CUTLASS's order, element (r, q) at
//          C/2 * 2 * rows + 2 * R + C%2 with R = r/32*32 + r%8*4 + r%32/8, C = q, and then: R even and C odd ->
//          R + 1, C - 1;  R odd and C even -> R - 1, C + 1.  As 32-bit words it is [cols / 32][rows].
// Entries: compress_24_select_{f16,bf16} (w, norms, rows, cols, values, metadata, reordered): 2:4 selection by
//              (score, column) as in select_groups.cu, fused; same bytes as selection, then compress_24_pack
//          compress_24_pack (w, rows, cols, values, metadata, reordered, overfull): w has at most two non-zeros a
//              group; overfull [1] u32 is raised by the number of groups that have more (clear it before the launch)
//          compress_24_unpack (values, metadata, reordered, rows, cols, w): w is written, dropped weights as +0
//          pack and unpack serve f16 and bf16 alike.
// Choice:  a group with fewer than two non-zeros (zero of either sign) gets the positions PyTorch gives it; values are
//          what lies there in the pruned group, a -0 included.
// Order:   each group is on its own; overfull is an integer sum.
// Bytes:   w read once, 16 a load; 1.125 bytes a weight written: values 8 a store, metadata through shared memory in
//          whole lines. Bound by bandwidth.
// Launch:  select, pack: grid (ceil(cols / 512), ceil(rows / 32)), block 256: a tile of 32 rows and 512 columns, a warp
//          has four rows. unpack: grid (ceil(cols / 2048), min(rows, 65535)), block 256.  No dynamic shared memory.
// Limits:  cols % 16 == 0 (reordered: cols % 32 == 0 and rows % 32 == 0), rows <= 32 * 65535; w and norms 16-byte
//          aligned, values 8-byte, metadata 4-byte
#include "weights.cuh"

constexpr int TILE_ROWS = 32;
constexpr int TILE_COLUMNS = 512;
constexpr int ROWS_OF_WARP = 4;
constexpr int COLUMNS = 8;                                 // of a thread at a time: two groups
constexpr int STEPS = TILE_COLUMNS / (WARP * COLUMNS);
constexpr int TILE_WORDS = TILE_COLUMNS / 32;              // of metadata, two uint16 a word
constexpr int PADDED_WORDS = TILE_WORDS + 1;               // odd: rows of a column lie in different banks

// Nibbles by non-zero flags, flag of column i = bit i: entry 0 in the lowest four bits.
constexpr unsigned long long PYTORCH_NIBBLES = 0x4DCE4DCE498E498Eull;

// What is done with a group: prmt selector of its two kept halves, metadata nibble << 16, kept columns << 20.
__device__ __forceinline__ uint32_t action(uint32_t nibble, uint32_t keep) {
    uint32_t first = nibble & 3;
    uint32_t second = nibble >> 2;
    uint32_t selector = (2 * first) | (2 * first + 1) << 4 | (2 * second) << 8 | (2 * second + 1) << 12;
    return selector | nibble << 16 | keep << 20;
}

__device__ __forceinline__ uint32_t pytorchNibble(uint32_t nonZero) {
    return uint32_t(PYTORCH_NIBBLES >> (4 * nonZero)) & 15;
}

// Action of a group by the outcome of its six comparisons: bit 5: a > b, then a > c, a > d, b > c, b > d, c > d.
// A weight stays if it is above two others; in a tie the later column is above.
__device__ __forceinline__ uint32_t actionOfComparisons(uint32_t outcome) {
    uint32_t ab = outcome >> 5 & 1, ac = outcome >> 4 & 1, ad = outcome >> 3 & 1;
    uint32_t bc = outcome >> 2 & 1, bd = outcome >> 1 & 1, cd = outcome & 1;
    uint32_t keep = (ab + ac + ad >= 2 ? 1 : 0) | (1 - ab + bc + bd >= 2 ? 2 : 0)
            | (2 - ac - bc + cd >= 2 ? 4 : 0) | (3 - ad - bd - cd >= 2 ? 8 : 0);
    return action(pytorchNibble(keep), keep);
}

// Appends the bit a > b. Keys are below 2^31, so the difference has it as its sign.
__device__ __forceinline__ uint32_t appendGreater(uint32_t bits, uint32_t a, uint32_t b) {
    return __funnelshift_l(b - a, bits, 1);
}

__device__ __forceinline__ uint32_t nonZeroFlags(uint32_t low, uint32_t high) {
    return ((low & 0x7FFFu) != 0 ? 1 : 0) | ((low & 0x7FFF0000u) != 0 ? 2 : 0) | ((high & 0x7FFFu) != 0 ? 4 : 0)
            | ((high & 0x7FFF0000u) != 0 ? 8 : 0);
}

__device__ __forceinline__ bool hasZeroHalf(uint32_t word) {
    return (word & 0x7FFFu) == 0 || (word & 0x7FFF0000u) == 0;
}

__device__ __forceinline__ uint32_t maskOf(uint32_t keep) {
    return ((keep & 1) != 0 ? 0x0000FFFFu : 0u) | ((keep & 2) != 0 ? 0xFFFF0000u : 0u);
}

// Row of the tile whose metadata is at row R of the reordered tile.
__device__ __forceinline__ int sourceRow(int reorderedRow) {
    return reorderedRow / 4 + 8 * (reorderedRow % 4);
}

// Writes a tile's metadata; shared row r has the words of 32 columns, words in column order.
__device__ __forceinline__ void writeMetadata(const uint32_t (*tile)[PADDED_WORDS], uint16_t* metadata, int reordered,
        int rows, int cols) {
    const int firstRow = blockIdx.y * TILE_ROWS;
    if (reordered != 0) {
        uint32_t* words = reinterpret_cast<uint32_t*>(metadata);
        for (int i = threadIdx.x; i < TILE_WORDS * TILE_ROWS; i += blockDim.x) {
            int step = i / TILE_ROWS;
            int r = i % TILE_ROWS;
            int column = blockIdx.x * TILE_WORDS + step;
            if (column < cols / 32) {
                // An even row takes the first uint16 of its pair of rows, an odd row the second.
                uint32_t even = tile[sourceRow(r & ~1)][step];
                uint32_t odd = tile[sourceRow(r | 1)][step];
                words[size_t(column) * rows + firstRow + r] = __byte_perm(even, odd, r % 2 == 0 ? 0x5410 : 0x7632);
            }
        }
        return;
    }
    const int perRow = cols / 16;
    for (int i = threadIdx.x; i < 2 * TILE_WORDS * TILE_ROWS; i += blockDim.x) {
        int r = i / (2 * TILE_WORDS);
        int q = i % (2 * TILE_WORDS);
        int column = blockIdx.x * 2 * TILE_WORDS + q;
        if (firstRow + r < rows && column < perRow) {
            metadata[size_t(firstRow + r) * perRow + column] = reinterpret_cast<const uint16_t*>(tile[r])[q];
        }
    }
}

template <class T>
__device__ __forceinline__ void selectAndCompress(const uint16_t* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols, uint16_t* __restrict__ values, uint16_t* __restrict__ metadata, int reordered) {
    __shared__ uint32_t actions[64];
    __shared__ uint32_t tile[TILE_ROWS][PADDED_WORDS];
    const int lane = threadIdx.x % WARP;
    const int tileRow = threadIdx.x / WARP * ROWS_OF_WARP;
    if (threadIdx.x < 64) {
        actions[threadIdx.x] = actionOfComparisons(threadIdx.x);
    }
    __syncthreads();
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        const int tileByte = step * WARP + lane;
        const int column = blockIdx.x * TILE_COLUMNS + tileByte * COLUMNS;
        if (column >= cols) {
            break;
        }
        float n[COLUMNS];
        loadNorms<COLUMNS>(n, norms + column);
        uint32_t words[ROWS_OF_WARP][4];
#pragma unroll
        for (int i = 0; i < ROWS_OF_WARP; i++) {
            int r = blockIdx.y * TILE_ROWS + tileRow + i;
            words[i][0] = words[i][1] = words[i][2] = words[i][3] = 0;
            if (r < rows) {
                loadStreamed(words[i], w + size_t(r) * cols + column);
            }
        }
#pragma unroll
        for (int i = 0; i < ROWS_OF_WARP; i++) {
            int r = blockIdx.y * TILE_ROWS + tileRow + i;
            uint32_t kept[2];
            uint32_t byte = 0;
#pragma unroll
            for (int g = 0; g < 2; g++) {
                uint32_t low = words[i][2 * g];
                uint32_t high = words[i][2 * g + 1];
                uint32_t a = scoreKey(T::low(low), n[4 * g]);
                uint32_t b = scoreKey(T::high(low), n[4 * g + 1]);
                uint32_t c = scoreKey(T::low(high), n[4 * g + 2]);
                uint32_t d = scoreKey(T::high(high), n[4 * g + 3]);
                uint32_t outcome = appendGreater(0, a, b);
                outcome = appendGreater(outcome, a, c);
                outcome = appendGreater(outcome, a, d);
                outcome = appendGreater(outcome, b, c);
                outcome = appendGreater(outcome, b, d);
                outcome = appendGreater(outcome, c, d);
                uint32_t act = actions[outcome];
                kept[g] = __byte_perm(low, high, act);
                if (hasZeroHalf(kept[g])) {
                    // Rare. The pruned group decides, as if it had been written and compressed later.
                    low &= maskOf(act >> 20);
                    high &= maskOf(act >> 22);
                    act = action(pytorchNibble(nonZeroFlags(low, high)), 0);
                    kept[g] = __byte_perm(low, high, act);
                }
                byte |= (act >> 16 & 15) << (4 * g);
            }
            reinterpret_cast<uint8_t*>(tile[tileRow + i])[tileByte] = uint8_t(byte);
            if (r < rows) {
                __stcs(reinterpret_cast<uint2*>(values + size_t(r) * (cols / 2) + column / 2),
                        make_uint2(kept[0], kept[1]));
            }
        }
    }
    __syncthreads();
    writeMetadata(tile, metadata, reordered, rows, cols);
}

extern "C" __global__ void __launch_bounds__(256, 4)
compress_24_select_f16(const uint16_t* __restrict__ w, const float* __restrict__ norms, int rows, int cols,
        uint16_t* __restrict__ values, uint16_t* __restrict__ metadata, int reordered) {
    selectAndCompress<F16>(w, norms, rows, cols, values, metadata, reordered);
}

extern "C" __global__ void __launch_bounds__(256, 4)
compress_24_select_bf16(const uint16_t* __restrict__ w, const float* __restrict__ norms, int rows, int cols,
        uint16_t* __restrict__ values, uint16_t* __restrict__ metadata, int reordered) {
    selectAndCompress<Bf16>(w, norms, rows, cols, values, metadata, reordered);
}

extern "C" __global__ void __launch_bounds__(256, 4)
compress_24_pack(const uint16_t* __restrict__ w, int rows, int cols, uint16_t* __restrict__ values,
        uint16_t* __restrict__ metadata, int reordered, uint32_t* __restrict__ overfull) {
    __shared__ uint32_t actions[16];
    __shared__ uint32_t tile[TILE_ROWS][PADDED_WORDS];
    const int lane = threadIdx.x % WARP;
    const int tileRow = threadIdx.x / WARP * ROWS_OF_WARP;
    if (threadIdx.x < 16) {
        actions[threadIdx.x] = action(pytorchNibble(threadIdx.x), 0);
    }
    __syncthreads();
    uint32_t tooMany = 0;
    for (int step = 0; step < STEPS; step++) {
        const int tileByte = step * WARP + lane;
        const int column = blockIdx.x * TILE_COLUMNS + tileByte * COLUMNS;
        if (column >= cols) {
            break;
        }
#pragma unroll
        for (int i = 0; i < ROWS_OF_WARP; i++) {
            int r = blockIdx.y * TILE_ROWS + tileRow + i;
            if (r < rows) {
                uint32_t words[4];
                loadStreamed(words, w + size_t(r) * cols + column);
                uint32_t kept[2];
                uint32_t byte = 0;
#pragma unroll
                for (int g = 0; g < 2; g++) {
                    uint32_t flags = nonZeroFlags(words[2 * g], words[2 * g + 1]);
                    uint32_t act = actions[flags];
                    kept[g] = __byte_perm(words[2 * g], words[2 * g + 1], act);
                    byte |= (act >> 16 & 15) << (4 * g);
                    tooMany += __popc(flags) > 2 ? 1 : 0;
                }
                reinterpret_cast<uint8_t*>(tile[tileRow + i])[tileByte] = uint8_t(byte);
                __stcs(reinterpret_cast<uint2*>(values + size_t(r) * (cols / 2) + column / 2),
                        make_uint2(kept[0], kept[1]));
            }
        }
    }
    if (tooMany != 0) {
        atomicAdd(overfull, tooMany);
    }
    __syncthreads();
    writeMetadata(tile, metadata, reordered, rows, cols);
}

// Index of metadata element (r, q) in the flat array.
__device__ __forceinline__ size_t metadataIndex(int r, int q, int rows, int cols, int reordered) {
    if (reordered == 0) {
        return size_t(r) * (cols / 16) + q;
    }
    int row = r / 32 * 32 + r % 8 * 4 + r % 32 / 8;
    int column = q;
    if (row % 2 == 0 && column % 2 == 1) {
        row++;
        column--;
    } else if (row % 2 == 1 && column % 2 == 0) {
        row--;
        column++;
    }
    return size_t(column / 2) * 2 * rows + 2 * row + column % 2;
}

extern "C" __global__ void __launch_bounds__(256)
compress_24_unpack(const uint16_t* __restrict__ values, const uint16_t* __restrict__ metadata, int reordered, int rows,
        int cols, uint16_t* __restrict__ w) {
    const int column = (blockIdx.x * blockDim.x + threadIdx.x) * COLUMNS;
    if (column >= cols) {
        return;
    }
    for (int r = blockIdx.y; r < rows; r += gridDim.y) {
        uint2 kept = __ldcs(reinterpret_cast<const uint2*>(values + size_t(r) * (cols / 2) + column / 2));
        uint32_t element = metadata[metadataIndex(r, column / 16, rows, cols, reordered)];
        uint32_t byte = element >> (column % 16);
        uint32_t words[4];
#pragma unroll
        for (int g = 0; g < 2; g++) {
            uint32_t pair = g == 0 ? kept.x : kept.y;
            uint32_t first = byte >> (4 * g) & 3;
            uint32_t second = byte >> (4 * g + 2) & 3;
            unsigned long long group = (unsigned long long) (pair & 0xFFFFu) << (16 * first)
                    | (unsigned long long) (pair >> 16) << (16 * second);
            words[2 * g] = uint32_t(group);
            words[2 * g + 1] = uint32_t(group >> 32);
        }
        storeStreamed(w + size_t(r) * cols + column, words);
    }
}
