// select_rows.cu: in every row of w the k weights with the smallest (score, column) become +0, score = |w| * norm
// (Wanda, section 3; reference-semantics sections 3 and 4)
// In/out:  w [rows, cols] f16, bf16 or f32, row-major without gaps; weights that stay keep their bits
// In:      norms [cols] f32 of input_norms.cu;  k from 0 to cols, the same for all rows
// In/out:  todo [1 + rows] u32: todo[0] = number of rows left over (clear it before the launch), then the rows
// Entries: select_rows_v{1,2,3,4}_{f16,bf16,f32} (w, norms, rows, cols, k, todo or null): a block walks over rows, the
//              row in registers, V vectors of 16 bytes a thread; rows that do not fit its assumptions stay as they are
//              and are noted in todo; without a list the block does them at once, as the general entry would
//          select_rows_general_{f16,bf16,f32} (w, norms, rows, cols, k, todo or null): any row; those of todo, or all
// Order:   exact by (bits of the score, column), NaN last; nothing depends on the order of threads. The order of rows
//          in todo does, which changes no result.
// How:     fast: scores are counted in 512 bins over a window; weights below the bin that holds rank k - 1 go at once,
//          and so does the bin if the rank is its last entry; else its weights are listed and ranked with each other.
//          Window: half an octave around the row's mean times the last row's threshold over that row's mean. For a
//          block's first row, and where the rank lies outside: 8 octaves, from 6 below to 2 above the mean. If that
//          fails too, or the bin has more than 512 weights, the row is left over. Bad guesses cost time, never the
//          result. Two histograms take turns, so that 2 barriers do for a row, 3 if there is a list to rank.
//          general: three histograms, of 11, 11 and 10 bits of the key, then ties are counted from the left.
// Bytes:   fast: w read once and written once, 16 a access, the next row asked for into L2 a turn ahead; norms from L2
//          (general: w read four times, from L2).
//          H100, f16, without a list: 29.4 us of 4096 x 4096, 72.8 of 11008 x 4096, 74.3 of 4096 x 11008 (68, 74 and
//          72 % of 3.35 TB/s), 353 of 8192 x 28672 (79 %); 10.8 ms for the blocks of LLaMA-7B. 58 % of the issue slots
//          and 64 % of L1 are used, 6.3 warps a scheduler: bound by latency (barriers, shared memory), and short
//          matrices by the start and the end of the launch: 2:4 selection, which has no barriers, takes 9.8 ms.
// Launch:  fast: block 32 * ceil(cols / (32 * V * E)), E = 8 weights a vector (f32: 4);
//          at most 512 threads for V 1 and 2, 896 for 3 and 4 (72 registers). Any grid from 1 to rows; best are as many
//          blocks as run at once: processors * floor(28 / warps of a block), for more warps one a processor.
//          V = floor(cols / (128 * E)), at least 1 and at most 4: the most work a thread that leaves 4 warps, since
//          small blocks overlap best (H100, 4096 columns: V = 4 takes 29 us; V = 3, 2, 1 take 31, 32, 56).
//          general: grid rows without a list, min(rows, 264) with one; block 512.   No dynamic shared memory.
// Limits:  fast: cols % E == 0, w and norms 16-byte aligned, 1 <= k <= cols, cols <= 3584 * E, rows + grid < 2^31.
//          general: cols < 2^31
#include "ranks.cuh"

constexpr uint32_t OCTAVE = 1u << 23;
constexpr uint32_t OCTAVES_BELOW = 6;
constexpr int FAST_BINS = 512;
constexpr int WIDE_SHIFT = 17;               // 512 bins over 8 octaves
constexpr int NARROW_SHIFT = 13;             // 512 bins over half an octave
constexpr int LIST = 512;
// Two halves, or one float, that are NaN in all three types: behind every weight, for its column is larger.
constexpr uint32_t PADDING = 0x7FFF7FFFu;

// Adds one to a shared word; without a result lanes with equal addresses are merged by the hardware.
__device__ __forceinline__ void countAt(uint32_t sharedAddress) {
    asm volatile("red.shared.add.u32 [%0], 1;" :: "r"(sharedAddress) : "memory");
}

// base + 4 * bin in one instruction; written as shifts it would be folded with the one before into three.
__device__ __forceinline__ uint32_t wordAddress(uint32_t base, uint32_t bin) {
    uint32_t address;
    asm("mad.lo.u32 %0, %1, 4, %2;" : "=r"(address) : "r"(bin), "r"(base));
    return address;
}

// 0xFFFF in the lower half if `low` is negative, in the upper half if `high` is.
__device__ __forceinline__ uint32_t signMasks(uint32_t low, uint32_t high) {
    uint32_t masks;
    asm("prmt.b32 %0, %1, %2, 0xFFBB;" : "=r"(masks) : "r"(low), "r"(high));
    return masks;
}

// Clears the weights of a vector whose distance is negative.
template <class T>
__device__ __forceinline__ void clearNegative(uint32_t words[4], const uint32_t* distances) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
        if (T::PER_WORD == 1) {
            words[j] = int(distances[j]) < 0 ? 0u : words[j];
        } else {
            words[j] &= ~signMasks(distances[2 * j], distances[2 * j + 1]);
        }
    }
}

__device__ __forceinline__ float sumOfLanes(float value) {
#pragma unroll
    for (int d = WARP / 2; d > 0; d /= 2) {
        value = __fadd_rn(value, __shfl_xor_sync(ALL_LANES, value, d));
    }
    return value;
}

// Low edge of the wide window: a whole bin, and the window ends below infinity.
__device__ __forceinline__ uint32_t windowStart(float mean) {
    uint32_t bits = __float_as_uint(mean);
    bool usable = bits >= (OCTAVES_BELOW + 1) * OCTAVE && bits < 250 * OCTAVE;
    bits = usable ? bits : 127 * OCTAVE;
    return (bits & ~((1u << WIDE_SHIFT) - 1u)) - OCTAVES_BELOW * OCTAVE;
}

template <class T>
__device__ __forceinline__ void selectInMemory(typename T::Bits* row, const float* norms, int cols, int k,
        bool vectors, uint32_t* histogram, RankSearch& search, uint32_t* tiesOfWarp) {
    uint32_t key = 0;
    uint32_t rest = uint32_t(k - 1);
    uint32_t entries = 0;
    for (int pass = 0; pass < DIGITS; pass++) {
        clearHistogram(histogram);
        __syncthreads();
        for (int c = threadIdx.x; c < cols; c += blockDim.x) {
            uint32_t own = keyInMemory<T>(row + c, norms + c);
            if ((own & fixedMask(pass)) == key) {
                atomicAdd(histogram + ((own >> digitShift(pass)) & digitMask(pass)), 1u);
            }
        }
        __syncthreads();
        findRank(histogram, rest, search);
        key |= search.bin << digitShift(pass);
        rest = search.rest;
        entries = search.entries;
    }
    // Threads of the vector loop write weights that others have read: the last barrier lies in findRank.
    if (rest + 1 == entries) {
        zeroThrough<T>(row, norms, cols, key, vectors);
    } else {
        zeroBelowAndTies<T>(row, norms, cols, key, rest + 1, tiesOfWarp);
    }
}

struct Found {
    uint32_t bin;
    uint32_t rest;
    uint32_t entries;
};

// Every warp finds the bin of an entry by its rank; no barrier.
__device__ __forceinline__ Found findInWarp(const uint32_t* histogram, uint32_t rank) {
    const int lane = threadIdx.x % WARP;
    const uint4* quads = reinterpret_cast<const uint4*>(histogram);
    uint32_t before = 0;
    uint32_t passed = 0;
    int segment = 0;
#pragma unroll
    for (int s = 0; s < FAST_BINS / 128; s++) {
        uint4 q = quads[s * WARP + lane];
        before += __reduce_add_sync(ALL_LANES, (q.x + q.y) + (q.z + q.w));
        bool over = before <= rank;
        passed = over ? before : passed;
        segment += over ? 1 : 0;
    }
    segment = min(segment, FAST_BINS / 128 - 1);
    uint32_t rest = rank - passed;
    uint4 q = quads[segment * WARP + lane];
    uint32_t own = (q.x + q.y) + (q.z + q.w);
    uint32_t through = inclusiveSum(own, lane);
    int hit = __ffs(__ballot_sync(ALL_LANES, through > rest)) - 1;
    uint32_t r = rest - (through - own);
    uint32_t bin = (segment * WARP + lane) * 4;
    uint32_t entries = q.x;
    if (r >= q.x) {
        r -= q.x;
        entries = q.y;
        bin++;
        if (r >= q.y) {
            r -= q.y;
            entries = q.z;
            bin++;
            if (r >= q.z) {
                r -= q.z;
                entries = q.w;
                bin++;
            }
        }
    }
    Found found;
    found.bin = __shfl_sync(ALL_LANES, bin, hit);
    found.rest = __shfl_sync(ALL_LANES, r, hit);
    found.entries = __shfl_sync(ALL_LANES, entries, hit);
    return found;
}

// Asks for a row, 128 bytes a thread and step, to be in L2 when its turn comes.
__device__ __forceinline__ void prefetch(const void* row, int bytes) {
    for (int i = threadIdx.x * 128; i < bytes; i += blockDim.x * 128) {
        asm volatile("prefetch.global.L2 [%0];" :: "l"(static_cast<const char*>(row) + i));
    }
}

template <class T, int V>
__device__ __forceinline__ void loadRow(uint32_t words[V][4], const typename T::Bits* row, int cols) {
#pragma unroll
    for (int v = 0; v < V; v++) {
        int c = (v * int(blockDim.x) + int(threadIdx.x)) * T::PER_VECTOR;
        if (c < cols) {
            loadStreamed(words[v], row + c);
        } else {
            words[v][0] = words[v][1] = words[v][2] = words[v][3] = PADDING;
        }
    }
}

// Hides what it is computed from, so that it is computed where it is needed and takes no registers until then.
template <class T>
__device__ __forceinline__ typename T::Bits* addressOfRow(typename T::Bits* w, uint32_t row, int cols) {
    asm volatile("" : "+r"(row));
    return w + size_t(row) * cols;
}

template <class T, int V>
__device__ __forceinline__ void selectInRegisters(typename T::Bits* __restrict__ w, const float* __restrict__ norms,
        int rows, int cols, int k, uint32_t* __restrict__ todo) {
    constexpr int E = T::PER_VECTOR;
    // Two of FAST_BINS, so that one is cleared while the other is read; selectInMemory uses all as one.
    __shared__ alignas(16) uint32_t histograms[BINS];
    __shared__ uint2 list[LIST];
    __shared__ RankSearch search;
    __shared__ uint32_t ties[WARP];
    __shared__ float sums[WARP];
    __shared__ uint32_t listed;
    // Threshold of the block's last row over that row's mean, 0: not known; the mean of this row. Thread 0 writes them.
    __shared__ float ratio;
    __shared__ float meanOfRow;
    const int thread = threadIdx.x;
    const int threads = blockDim.x;
    const int lane = thread % WARP;
    if (thread == 0) {
        ratio = 0.0f;
    }
    for (int i = thread; i < FAST_BINS / 2; i += threads) {
        reinterpret_cast<uint4*>(histograms)[i] = make_uint4(0, 0, 0, 0);
    }
    uint32_t words[V][4];
    // Twice the row, and which histogram is clear in the lowest bit: one register for both.
#pragma unroll 1
    for (uint32_t turn = blockIdx.x * 2; turn / 2 < uint32_t(rows); turn += gridDim.x * 2) {
        typename T::Bits* row = w + size_t(turn / 2) * cols;
        loadRow<T, V>(words, row, cols);
        if (turn / 2 + gridDim.x < uint32_t(rows)) {
            prefetch(row + size_t(gridDim.x) * cols, cols * int(sizeof(typename T::Bits)));
        }
        uint32_t scores[V * E];
        float sum = 0.0f;
#pragma unroll
        for (int v = 0; v < V; v++) {
            int c = (v * threads + thread) * E;
            float n[E];
            loadNorms<E>(n, norms + (c < cols ? c : 0));
            float part = 0.0f;
#pragma unroll
            for (int i = 0; i < E; i++) {
                scores[v * E + i] = scoreBits(weightAt<T>(words[v], i), n[i]);
                part = __fadd_rn(part, __uint_as_float(scores[v * E + i]));
            }
            sum = c < cols ? __fadd_rn(sum, part) : sum;
        }
        sum = sumOfLanes(sum);
        if (lane == 0) {
            sums[thread / WARP] = sum;
        }
        __syncthreads();
        if (thread == 0) {
            listed = 0;
        }
        bool retry = false;
        uint32_t start;
        uint32_t shift;
        Found found;
        bool placed;
        while (true) {
            // All warps add the same values in the same order and so agree on the window.
            const float mean = __fdividef(sumOfLanes(lane < threads / WARP ? sums[lane] : 0.0f), float(cols));
            if (thread == 0) {
                meanOfRow = mean;
            }
            const uint32_t guess = __float_as_uint(__fmul_rn(mean, ratio));
            const bool narrow = !retry && guess >= OCTAVE && guess < 250 * OCTAVE;
            shift = narrow ? NARROW_SHIFT : WIDE_SHIFT;
            start = narrow ? (guess & ~((1u << NARROW_SHIFT) - 1u)) - ((FAST_BINS / 2) << NARROW_SHIFT)
                    : windowStart(mean);
            uint32_t* histogram = histograms + (turn % 2) * FAST_BINS;
            const uint32_t last = start + (FAST_BINS << shift) - 1;
            const uint32_t base = uint32_t(__cvta_generic_to_shared(histogram)) - 4 * (start >> shift);
#pragma unroll
            for (int i = 0; i < V * E; i++) {
                uint32_t clamped = min(max(scores[i], start), last);
                countAt(wordAddress(base, clamped >> shift));
            }
            __syncthreads();
            found = findInWarp(histogram, uint32_t(k - 1));
            turn ^= 1;
            for (int i = thread; i < FAST_BINS / 4; i += threads) {
                reinterpret_cast<uint4*>(histograms + (turn % 2) * FAST_BINS)[i] = make_uint4(0, 0, 0, 0);
            }
            placed = found.bin != 0 && found.bin != FAST_BINS - 1 && found.entries <= LIST;
            if (placed || !narrow) {
                break;
            }
            retry = true;    // The row lies elsewhere: once more with the wide window.
            __syncthreads();
        }
        if (!placed) {
            if (thread == 0) {
                ratio = 0.0f;
            }
            if (todo != nullptr) {
                if (thread == 0) {
                    todo[1 + atomicAdd(todo, 1u)] = turn / 2;
                }
            } else {
                __syncthreads();
                selectInMemory<T>(addressOfRow<T>(w, turn / 2, cols), norms, cols, k, true, histograms, search, ties);
                __syncthreads();
                for (int i = thread; i < FAST_BINS / 2; i += threads) {
                    reinterpret_cast<uint4*>(histograms)[i] = make_uint4(0, 0, 0, 0);
                }
            }
            continue;
        }
        row = addressOfRow<T>(w, turn / 2, cols);
        const uint32_t binStart = start + (found.bin << shift);
        if (thread == 0) {
            ratio = __fdividef(__uint_as_float(binStart), meanOfRow);
        }
        // Often the last weight to go is also the last of its bin; then nothing is left to rank.
        const bool whole = found.rest + 1 == found.entries;
        const uint32_t limit = whole ? binStart + (1u << shift) : binStart;
        const uint32_t width = whole ? 0u : 1u << shift;
        uint32_t open = 0;
#pragma unroll
        for (int v = 0; v < V; v++) {
            int c = (v * threads + thread) * E;
            // From here on scores are distances from the limit; those below it are negative, for a product that is NaN
            // has the bits 0x7FFFFFFF and every other score is less.
            uint32_t* distances = scores + v * E;
            uint32_t nearest = NO_KEY;
#pragma unroll
            for (int i = 0; i < E; i++) {
                distances[i] -= limit;
                nearest = min(nearest, distances[i]);
            }
            clearNegative<T>(words[v], distances);
            if (c < cols) {
                storeStreamed(row + c, words[v]);
            }
            if (nearest < width) {
#pragma unroll
                for (int i = 0; i < E; i++) {
                    open |= distances[i] < width ? 1u << (v * E + i) : 0u;
                }
            }
        }
        if (whole) {
            continue;
        }
        // Few bits are set. The weight is read again, after this thread's own store, which has kept it.
        while (open != 0) {
            int i = __ffs(open) - 1;
            open &= open - 1;
            int c = (i / E * threads + thread) * E + i % E;
            uint32_t score = scoreBits(T::low(uint32_t(row[c])), __ldg(norms + c));
            list[atomicAdd(&listed, 1u)] = make_uint2(score, uint32_t(c));
        }
        __syncthreads();
        for (uint32_t i = thread; i < found.entries; i += threads) {
            uint2 own = list[i];
            uint32_t rank = 0;
            for (uint32_t j = 0; j < found.entries; j++) {
                uint2 other = list[j];
                rank += other.x < own.x || (other.x == own.x && other.y < own.y) ? 1 : 0;
            }
            if (rank <= found.rest) {
                row[own.y] = 0;
            }
        }
    }
}

template <class T>
__device__ __forceinline__ void selectListed(typename T::Bits* w, const float* norms, int rows, int cols, int k,
        const uint32_t* todo) {
    __shared__ alignas(16) uint32_t histogram[BINS];
    __shared__ RankSearch search;
    __shared__ uint32_t tiesOfWarp[WARP];
    const int count = todo == nullptr ? rows : int(todo[0]);
    const bool vectors = rowsAreVectors<T>(w, norms, cols);
    if (k <= 0) {
        return;
    }
    for (int i = blockIdx.x; i < count; i += gridDim.x) {
        int r = todo == nullptr ? i : int(todo[1 + i]);
        typename T::Bits* row = w + size_t(r) * cols;
        if (k >= cols) {
            for (int c = threadIdx.x; c < cols; c += blockDim.x) {
                row[c] = 0;
            }
        } else {
            selectInMemory<T>(row, norms, cols, k, vectors, histogram, search, tiesOfWarp);
        }
    }
}

#define FAST_ENTRY(NAME, T, V, THREADS, BLOCKS) \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) \
    NAME(T::Bits* __restrict__ w, const float* __restrict__ norms, int rows, int cols, int k, \
            uint32_t* __restrict__ todo) { \
        if (int(blockIdx.x) < rows && k > 0) { \
            selectInRegisters<T, V>(w, norms, rows, cols, k, todo); \
        } \
    }

#define ENTRIES(SUFFIX, T) \
    FAST_ENTRY(select_rows_v1_##SUFFIX, T, 1, 512, 2) \
    FAST_ENTRY(select_rows_v2_##SUFFIX, T, 2, 512, 2) \
    FAST_ENTRY(select_rows_v3_##SUFFIX, T, 3, 896, 1) \
    FAST_ENTRY(select_rows_v4_##SUFFIX, T, 4, 896, 1) \
    extern "C" __global__ void __launch_bounds__(512, 2) \
    select_rows_general_##SUFFIX(T::Bits* w, const float* __restrict__ norms, int rows, int cols, int k, \
            const uint32_t* __restrict__ todo) { \
        selectListed<T>(w, norms, rows, cols, k, todo); \
    }

ENTRIES(f16, F16)
ENTRIES(bf16, Bf16)
ENTRIES(f32, F32)
