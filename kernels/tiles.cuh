// tiles.cuh: moving tiles of 16-bit elements from global to shared memory and into the tensor cores' registers
//
// A row of a tile is 128 bytes, 8 chunks of 16. Chunk c of row r lies at place c ^ (r & 7), so that 8 rows of one column of
// chunks, which one phase of ldmatrix reads, lie in all 32 banks, and so do the 8 chunks of a row, which are written.
#pragma once
#include "block.cuh"

constexpr int TILE_K = 64;
constexpr int ROW_BYTES = 128;
constexpr int CHUNKS = 8;
constexpr int CHUNK_BYTES = 16;

__device__ __forceinline__ uint32_t sharedAddress(const void* p) {
    return uint32_t(__cvta_generic_to_shared(p));
}

// Copies 16 bytes without waiting; writes zeros where `bytes` is 0.
__device__ __forceinline__ void copyAsync(uint32_t target, const void* source, int bytes) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(target), "l"(source), "r"(bytes) : "memory");
}

__device__ __forceinline__ void commitCopies() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until at most PENDING of this thread's groups are not done.
template <int PENDING>
__device__ __forceinline__ void waitForCopies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

__device__ __forceinline__ void storeChunk(uint32_t target, const uint32_t words[4]) {
    asm volatile("st.shared.v4.b32 [%0], {%1, %2, %3, %4};" ::"r"(target), "r"(words[0]), "r"(words[1]), "r"(words[2]),
            "r"(words[3]) : "memory");
}

// Writes a chunk of `count` elements that may lie anywhere, zeros behind them.
__device__ __forceinline__ void gatherChunk(uint32_t target, const uint16_t* source, int count) {
    uint32_t words[4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
        uint32_t low = 2 * j < count ? source[2 * j] : 0;
        uint32_t high = 2 * j + 1 < count ? source[2 * j + 1] : 0;
        words[j] = low | high << 16;
    }
    storeChunk(target, words);
}

// Four 8 x 8 matrices; lanes 8 j ... 8 j + 7 give the addresses of matrix j's rows.
__device__ __forceinline__ void loadMatrices(uint32_t r[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}

__device__ __forceinline__ void loadTransposed(uint32_t r[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}

// d += a b: 16 x 8 += 16 x 16 times 16 x 8, fp32 sums.
template <class T>
__device__ __forceinline__ void multiplyAdd(float d[4], const uint32_t a[4], uint32_t b0, uint32_t b1);

template <>
__device__ __forceinline__ void multiplyAdd<F16>(float d[4], const uint32_t a[4], uint32_t b0, uint32_t b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
            "{%0, %1, %2, %3};" : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

template <>
__device__ __forceinline__ void multiplyAdd<Bf16>(float d[4], const uint32_t a[4], uint32_t b0, uint32_t b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
            "{%0, %1, %2, %3};" : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
