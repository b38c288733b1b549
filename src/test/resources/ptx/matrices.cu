// matrices.cu: wmma fragments of every type and shape, and a tiled product fed by asynchronous copies.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -std=c++17 -o matrices.ptx matrices.cu, then cut folders in .file
#include <cuda_bf16.h>
#include <cuda_pipeline.h>
#include <mma.h>
using namespace nvcuda;
typedef wmma::row_major Rows;
typedef wmma::col_major Columns;

// d = 2 (a b + c), a and b tight, c and d [M, N].
template <int M, int N, int K, typename Type, typename Left, typename Right, typename Stored, typename Sum>
__device__ void tile(const Stored* a, const Stored* b, const Sum* c, Sum* d) {
    wmma::fragment<wmma::matrix_a, M, N, K, Type, Left> x;
    wmma::fragment<wmma::matrix_b, M, N, K, Type, Right> y;
    wmma::fragment<wmma::accumulator, M, N, K, Sum> sums;
    wmma::load_matrix_sync(x, a, std::is_same<Left, Rows>::value ? K : M);
    wmma::load_matrix_sync(y, b, std::is_same<Right, Rows>::value ? N : K);
    wmma::load_matrix_sync(sums, c, N, wmma::mem_row_major);
    wmma::mma_sync(sums, x, y, sums);
    for (int i = 0; i < sums.num_elements; i++) sums.x[i] = sums.x[i] + sums.x[i];
    wmma::store_matrix_sync(d, sums, N, wmma::mem_row_major);
}

#define TILE(name, M, N, K, Type, Left, Right, Stored, Sum) \
    extern "C" __global__ void name(const Stored* a, const Stored* b, const Sum* c, Sum* d) { \
        tile<M, N, K, Type, Left, Right>(a, b, c, d); \
    }
TILE(half_rows_columns, 16, 16, 16, half, Rows, Columns, half, float)
TILE(half_columns_rows, 16, 16, 16, half, Columns, Rows, half, float)
TILE(half_tall, 32, 8, 16, half, Rows, Rows, half, float)
TILE(half_flat, 8, 32, 16, half, Rows, Columns, half, float)
TILE(bf16_rows_columns, 16, 16, 16, __nv_bfloat16, Rows, Columns, __nv_bfloat16, float)
TILE(s8_rows_columns, 16, 16, 16, signed char, Rows, Columns, signed char, int)
TILE(tf32_rows_columns, 16, 16, 8, wmma::precision::tf32, Rows, Columns, float, float)
TILE(f64_rows_columns, 8, 8, 4, double, Rows, Columns, double, double)

// c [m, n] = a [m, k] b [k, n]; a block of 4 warps makes 64 x 64, two stages of 16 columns.
extern "C" __global__ void product(const half* a, const half* b, float* c, int n, int k) {
    __shared__ half left[2][64][24], right[2][16][72];
    int warp = threadIdx.x / 32, row0 = blockIdx.y * 64, column0 = blockIdx.x * 64;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sums[4];
    for (int i = 0; i < 4; i++) wmma::fill_fragment(sums[i], 0.f);
    auto load = [&](int stage, int k0) {
        int row = threadIdx.x / 2, column = threadIdx.x % 2 * 8;
        __pipeline_memcpy_async(&left[stage][row][column], &a[(row0 + row) * k + k0 + column], 16);
        row = threadIdx.x / 8, column = threadIdx.x % 8 * 8;
        __pipeline_memcpy_async(&right[stage][row][column], &b[(k0 + row) * n + column0 + column], 16);
        __pipeline_commit();
    };
    load(0, 0);
    for (int k0 = 0, stage = 0; k0 < k; k0 += 16, stage ^= 1) {
        if (k0 + 16 < k) {
            load(stage ^ 1, k0 + 16);
            __pipeline_wait_prior(1);
        } else {
            __pipeline_wait_prior(0);
        }
        __syncthreads();
        wmma::fragment<wmma::matrix_a, 16, 16, 16, half, Rows> x;
        wmma::load_matrix_sync(x, &left[stage][warp * 16][0], 24);
        for (int j = 0; j < 4; j++) {
            wmma::fragment<wmma::matrix_b, 16, 16, 16, half, Rows> y;
            wmma::load_matrix_sync(y, &right[stage][0][j * 16], 72);
            wmma::mma_sync(sums[j], x, y, sums[j]);
        }
        __syncthreads();
    }
    for (int j = 0; j < 4; j++) {
        wmma::store_matrix_sync(&c[(row0 + warp * 16) * n + column0 + j * 16], sums[j], n, wmma::mem_row_major);
    }
}
