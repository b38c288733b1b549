// barriers.cu: correct kernels for MutationTest. "// barrier X" marks a line whose instruction the test deletes, and
// "// needs X" the accesses of which one must then be reported. Run with small integers in floats: sums are exact.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o barriers.ptx barriers.cu, then cut folders in .file

// Sum of a block of 256 by a tree; the last warp goes on alone.
extern "C" __global__ void reduction(const float* in, float* out) {
    __shared__ float part[256];
    int t = threadIdx.x;
    part[t] = in[blockIdx.x * 256 + t];
    __syncthreads();                                     // barrier loaded
    for (int half = 128; half >= 32; half /= 2) {
        if (t < half) {
            part[t] += part[t + half];                   // needs loaded, added
        }
        __syncthreads();                                 // barrier added
    }
    for (int half = 16; half > 0; half /= 2) {
        if (t < 32) {
            float sum = part[t] + (t < half ? part[t + half] : 0.0f);  // needs added, stored
            __syncwarp();                                // barrier taken
            part[t] = sum;                               // needs taken
            __syncwarp();                                // barrier stored
        }
    }
    if (t == 0) {
        out[blockIdx.x] = part[0];
    }
}

// Inclusive sums of a block of 256, double buffered.
extern "C" __global__ void scan(const int* in, int* out) {
    __shared__ int sums[2][256];
    int t = threadIdx.x;
    int now = 0;
    sums[0][t] = in[t];
    __syncthreads();                                     // barrier first
    for (int d = 1; d < 256; d *= 2) {
        sums[1 - now][t] = sums[now][t] + (t >= d ? sums[now][t - d] : 0);  // needs first, step
        now = 1 - now;
        __syncthreads();                                 // barrier step
    }
    out[t] = sums[now][t];
}

// Histogram of bytes: cleared, counted in shared memory, added to the whole.
extern "C" __global__ void histogram(const unsigned char* in, unsigned* bins, int n) {
    __shared__ unsigned own[64];
    for (int i = threadIdx.x; i < 64; i += blockDim.x) {
        own[i] = 0;
    }
    __syncthreads();                                     // barrier cleared
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        atomicAdd(&own[in[i] % 64], 1u);                 // needs cleared
    }
    __syncthreads();                                     // barrier counted
    for (int i = threadIdx.x; i < 64; i += blockDim.x) {
        atomicAdd(&bins[i], own[i]);                     // needs counted
    }
}

// 32 x 32 tiles by 32 x 8 threads; a block does two tiles with the same shared memory.
extern "C" __global__ void transpose(const float* in, float* out, int rows, int cols) {
    __shared__ float tile[32][33];
    int x = threadIdx.x;
    for (int top = blockIdx.y * 32; top < rows; top += gridDim.y * 32) {
        for (int y = threadIdx.y; y < 32; y += 8) {
            tile[y][x] = in[(top + y) * cols + blockIdx.x * 32 + x];   // needs read
        }
        __syncthreads();                                 // barrier written
        for (int y = threadIdx.y; y < 32; y += 8) {
            out[(blockIdx.x * 32 + y) * rows + top + x] = tile[x][y];  // needs written
        }
        __syncthreads();                                 // barrier read
    }
}

__device__ unsigned ticket;

// The last block adds what all have written; every thread of it reads.
extern "C" __global__ void last_block(const int* in, int* parts, int* sum) {
    __shared__ int own[64];
    __shared__ bool last;
    int t = threadIdx.x;
    own[t] = in[blockIdx.x * 64 + t];
    __syncthreads();                                     // barrier gathered
    if (t == 0) {
        int total = 0;
        for (int i = 0; i < 64; i++) {
            total += own[i];                             // needs gathered
        }
        parts[blockIdx.x] = total;
        __threadfence();                                 // barrier published
        last = atomicInc(&ticket, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();                                     // barrier told
    if (last) {                                          // needs told
        own[t] = 0;
        for (int b = t; b < gridDim.x; b += 64) {
            own[t] += parts[b];                          // needs published
        }
        __syncthreads();                                 // barrier added up
        if (t == 0) {
            int total = 0;
            for (int i = 0; i < 64; i++) {
                total += own[i];                         // needs added up
            }
            *sum = total;
        }
    }
}

__device__ void await(int id) {
    asm volatile("bar.sync %0, 64;" ::"r"(id) : "memory");
}
__device__ void arrive(int id) {
    asm volatile("bar.arrive %0, 64;" ::"r"(id) : "memory");
}

// Warp 0 produces, warp 1 consumes, through two buffers: barriers 1 and 2 say "full", 3 and 4 "empty".
extern "C" __global__ void producer_consumer(const int* in, int* out, int steps) {
    __shared__ int buffer[2][32];
    int lane = threadIdx.x % 32;
    if (threadIdx.x < 32) {
        for (int i = 0; i < steps; i++) {
            await(3 + i % 2);                            // barrier empty
            buffer[i % 2][lane] = in[i * 32 + lane];     // needs empty
            arrive(1 + i % 2);                           // needs empty
        }
    } else {
        arrive(3);
        arrive(4);
        for (int i = 0; i < steps; i++) {
            await(1 + i % 2);                            // barrier full
            out[i * 32 + lane] = buffer[i % 2][31 - lane];  // needs full
            if (i + 2 < steps) {
                arrive(3 + i % 2);
            }
        }
    }
}
