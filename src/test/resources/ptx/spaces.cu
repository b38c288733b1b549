// spaces.cu: kernels that use every memory space as compilers lay it out; the .ptx beside it is what tests run.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o spaces.ptx spaces.cu, then cut folders in .file

struct Shape {
    int rows;
    int columns;
    float scale;
    const float* in;
};
__constant__ float table[4] = {1, 10, 100, 1000};
__device__ unsigned finished;

// Struct by value, constant table, dynamic shared memory of a size given at launch.
extern "C" __global__ void scaled(Shape shape, float* out) {
    extern __shared__ float stage[];
    int n = shape.rows * shape.columns;
    int i = threadIdx.x;
    if (i < n) {
        stage[i] = shape.in[i] * shape.scale;
    }
    __syncthreads();
    if (i < n) {
        out[i] = stage[n - 1 - i] * table[i % 4];
    }
}

// A local array indexed at run time, and a pointer that may be shared or global.
extern "C" __global__ void pointers(const int* in, int* out, int steps) {
    __shared__ int copy[32];
    int ring[8];
    int i = threadIdx.x;
    for (int k = 0; k < 8; k++) {
        ring[k] = in[i] * k;
    }
    copy[i] = in[i] + 100;
    __syncthreads();
    const int* from = steps % 2 ? copy : in;
    out[i] = ring[(i + steps) % 8] + from[31 - i];
}

// The last block to finish adds up what all have written.
extern "C" __global__ void last_block(int* parts, int* sum) {
    __shared__ bool last;
    if (threadIdx.x == 0) {
        parts[blockIdx.x] = blockIdx.x + 1;
        __threadfence();
        last = atomicInc(&finished, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        __threadfence();
        int total = 0;
        for (int b = 0; b < gridDim.x; b++) {
            total += parts[b];
        }
        *sum = total;
    }
}
