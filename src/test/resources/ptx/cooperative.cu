// cooperative.cu: groups of threads as cooperative_groups.h makes them, up to the whole grid.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -std=c++17 -o cooperative.ptx cooperative.cu, then cut folders in .file
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;

// Per thread: sum, maximum, inclusive and exclusive sums of its 16 threads.
extern "C" __global__ void tiles(const int* in, int* out) {
    auto tile = cg::tiled_partition<16>(cg::this_thread_block());
    int v = in[threadIdx.x];
    int* own = out + 4 * threadIdx.x;
    own[0] = cg::reduce(tile, v, cg::plus<int>());
    own[1] = cg::reduce(tile, v, cg::greater<int>());
    own[2] = cg::inclusive_scan(tile, v);
    own[3] = cg::exclusive_scan(tile, v, cg::plus<int>());
}

// Positive numbers, in any order; one atomic a warp.
extern "C" __global__ void filter(const int* in, int* count, int* kept, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n && in[i] > 0) {
        auto group = cg::coalesced_threads();
        int base = group.thread_rank() == 0 ? atomicAdd(count, group.size()) : 0;
        kept[group.shfl(base, 0) + group.thread_rank()] = in[i];
    }
}

extern "C" __global__ void labels(const int* in, int* out) {
    auto warp = cg::tiled_partition<32>(cg::this_thread_block());
    auto group = cg::labeled_partition(warp, in[threadIdx.x]);
    out[threadIdx.x] = cg::reduce(group, (int)threadIdx.x, cg::plus<int>());
}

// Each number moves one place on, n times over, with the whole grid waiting in between.
extern "C" __global__ void rotations(int* data, int n, int times) {
    auto grid = cg::this_grid();
    int i = grid.thread_rank();
    for (int r = 0; r < times; r++) {
        int v = i < n ? data[(i + 1) % n] : 0;
        grid.sync();
        if (i < n) data[i] = v + 1;
        grid.sync();
    }
}
