// embed.cu: embed          out[t] = table[ids[t]]
//           add_positions  x[t] += table[first + t mod seqlen]
// In:      table [vocabulary or positions, columns] f16, bf16 or f32, ids [tokens] int32
// Out:     out, x [tokens, columns] f16 or bf16, rounded once
// Entries: {embed,add_positions}_{f16,bf16,f32}_{f16,bf16}: the table's type, then the activations'
// Bytes:   (sizeof(table) + 2, add_positions + 4) * tokens * columns. Bound by bandwidth.
// Launch:  grid at most 8 blocks a multiprocessor, which walk over the tokens, block 256
// Limits:  ids inside the table: the caller has checked them
#include "block.cuh"

constexpr int THREADS = 256;

template <class P, class T>
__device__ __forceinline__ void embed(const typename P::Bits* table, const int* ids, int tokens, int columns,
        typename T::Bits* out) {
    for (int t = blockIdx.x; t < tokens; t += gridDim.x) {
        for (int column = threadIdx.x; column < columns; column += THREADS) {
            out[size_t(t) * columns + column] = T::bits(P::value(table[size_t(__ldg(ids + t)) * columns + column]));
        }
    }
}

template <class P, class T>
__device__ __forceinline__ void addPositions(const typename P::Bits* table, int first, int seqlen, int tokens, int columns,
        typename T::Bits* x) {
    for (int t = blockIdx.x; t < tokens; t += gridDim.x) {
        for (int column = threadIdx.x; column < columns; column += THREADS) {
            typename T::Bits* mine = x + size_t(t) * columns + column;
            float position = P::value(table[size_t(first + t % seqlen) * columns + column]);
            *mine = T::bits(__fadd_rn(T::value(*mine), position));
        }
    }
}

#define TABLE_ENTRIES(TABLE, P, SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    embed_##TABLE##_##SUFFIX(const P::Bits* __restrict__ table, const int* __restrict__ ids, int tokens, int columns, \
            T::Bits* __restrict__ out) { \
        embed<P, T>(table, ids, tokens, columns, out); \
    } \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    add_positions_##TABLE##_##SUFFIX(const P::Bits* __restrict__ table, int first, int seqlen, int tokens, int columns, \
            T::Bits* __restrict__ x) { \
        addPositions<P, T>(table, first, seqlen, tokens, columns, x); \
    }

TABLE_ENTRIES(f16, F16, f16, F16)
TABLE_ENTRIES(bf16, Bf16, f16, F16)
TABLE_ENTRIES(f32, F32, f16, F16)
TABLE_ENTRIES(f16, F16, bf16, Bf16)
TABLE_ENTRIES(bf16, Bf16, bf16, Bf16)
TABLE_ENTRIES(f32, F32, bf16, Bf16)
