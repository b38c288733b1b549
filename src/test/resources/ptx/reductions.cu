// reductions.cu: small kernels with planted bugs and their correct twins; the .ptx beside it is what tests run.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o reductions.ptx reductions.cu, then cut folders in .file

// out[i] = in[i] + 1 for i < n. The wrong one also takes i == n.
extern "C" __global__ void increment(const int* in, int* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = in[i] + 1;
    }
}
extern "C" __global__ void increment_off_by_one(const int* in, int* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= n) {
        out[i] = in[i] + 1;  // bug: bound
    }
}

// Sum of 128 values a block by a tree in shared memory.
extern "C" __global__ void tree(const float* in, float* out) {
    __shared__ float part[128];
    part[threadIdx.x] = in[blockIdx.x * 128 + threadIdx.x];
    for (int half = 64; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) {
            part[threadIdx.x] += part[threadIdx.x + half];
        }
    }
    if (threadIdx.x == 0) {
        out[blockIdx.x] = part[0];
    }
}
extern "C" __global__ void tree_without_barrier(const float* in, float* out) {
    __shared__ float part[128];
    part[threadIdx.x] = in[blockIdx.x * 128 + threadIdx.x];
    if (threadIdx.x < 64) {
        part[threadIdx.x] += part[threadIdx.x + 64];  // bug: race or unwritten
    }
    __syncthreads();
    out[blockIdx.x * 128 + threadIdx.x] = part[threadIdx.x];
}

// Every block adds to the same word.
extern "C" __global__ void total(const int* in, int* sum) {
    atomicAdd(sum, in[blockIdx.x * blockDim.x + threadIdx.x]);
}
extern "C" __global__ void total_with_race(const int* in, int* sum) {
    if (threadIdx.x == 0) {
        *sum += in[blockIdx.x];  // bug: race between blocks
    }
}

// Reads what the neighbour wrote; one word of the buffer is never written.
extern "C" __global__ void unwritten(int* out) {
    __shared__ int buffer[64];
    if (threadIdx.x != 7) {
        buffer[threadIdx.x] = threadIdx.x;
    }
    __syncthreads();
    out[threadIdx.x] = buffer[63 - threadIdx.x];  // bug: unwritten word
}

extern "C" __global__ void divergent_barrier(int* out) {
    if (threadIdx.x < 16) {
        __syncthreads();  // bug: half a warp
        out[threadIdx.x] = 1;
    }
}

// One 16-byte asynchronous copy a thread; the wrong one reads without waiting.
__device__ void fetch(void* to, const void* from) {
    unsigned target = (unsigned)__cvta_generic_to_shared(to);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;\n cp.async.commit_group;" ::"r"(target), "l"(from));
}
extern "C" __global__ void staged(const int4* in, int4* out) {
    __shared__ int4 stage[32];
    fetch(&stage[threadIdx.x], in + threadIdx.x);
    asm volatile("cp.async.wait_group 0;" ::: "memory");
    __syncthreads();
    out[threadIdx.x] = stage[31 - threadIdx.x];
}
extern "C" __global__ void staged_without_wait(const int4* in, int4* out) {
    __shared__ int4 stage[32];
    fetch(&stage[threadIdx.x], in + threadIdx.x);
    __syncthreads();
    out[threadIdx.x] = stage[31 - threadIdx.x];  // bug: not there yet
}

extern "C" __global__ void shuffled(int* out, int lanes) {
    if (threadIdx.x < lanes) {
        out[threadIdx.x] = __shfl_xor_sync(0xffffffffu, (int)threadIdx.x, 1);  // bug: lanes missing if lanes < 32
    }
}

extern "C" __global__ void spin(int* out, int rounds) {
    int x = threadIdx.x;
    for (int i = 0; i < rounds; i++) {
        x = (x << 3 ^ x) + i;
        x = (x & 0xffff) - (x | i);
    }
    out[blockIdx.x * blockDim.x + threadIdx.x] = x;
}
