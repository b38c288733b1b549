// pipelines.cu: barriers in shared memory (mbarrier) as cuda/barrier and cuda/pipeline use them.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -std=c++17 -o pipelines.ptx pipelines.cu, then cut folders in .file
#include <cooperative_groups.h>
#include <cuda/barrier>
#include <cuda/pipeline>
namespace cg = cooperative_groups;

// Batches of blockDim.x floats through three stages of dynamic shared memory; out is turned by one place and doubled.
extern "C" __global__ void staged(const float* in, float* out, int batches) {
    constexpr int STAGES = 3;
    extern __shared__ float stage[];
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, STAGES> state;
    auto block = cg::this_thread_block();
    auto pipeline = cuda::make_pipeline(block, &state);
    int n = block.size();
    for (int batch = 0, fetched = 0; batch < batches; batch++) {
        for (; fetched < batches && fetched < batch + STAGES; fetched++) {
            pipeline.producer_acquire();
            cuda::memcpy_async(block, stage + fetched % STAGES * n, in + fetched * n, sizeof(float) * n, pipeline);
            pipeline.producer_commit();
        }
        pipeline.consumer_wait();
        out[batch * n + threadIdx.x] = stage[batch % STAGES * n + (threadIdx.x + 1) % n] * 2;
        pipeline.consumer_release();
    }
}

// Two warps fill two buffers in turn, two others empty them.
extern "C" __global__ void handed_over(const int* in, int* out, int batches) {
    using Barrier = cuda::barrier<cuda::thread_scope_block>;
    __shared__ Barrier ready[2], filled[2];
    __shared__ int buffer[2][64];
    if (threadIdx.x < 2) {
        init(ready + threadIdx.x, blockDim.x);
        init(filled + threadIdx.x, blockDim.x);
    }
    __syncthreads();
    int t = threadIdx.x % 64;
    if (threadIdx.x < 64) {
        for (int i = 0; i < batches; i++) {
            ready[i & 1].arrive_and_wait();
            buffer[i & 1][t] = in[i * 64 + t] + 1;
            (void)filled[i & 1].arrive();
        }
    } else {
        (void)ready[0].arrive();
        (void)ready[1].arrive();
        for (int i = 0; i < batches; i++) {
            filled[i & 1].arrive_and_wait();
            out[i * 64 + t] = buffer[i & 1][63 - t];
            (void)ready[i & 1].arrive();
        }
    }
}
