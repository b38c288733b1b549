// bounds.cu: correct kernels for MutationTest. At "// bound X" the test shifts a bound by one, at "// init X" it takes
// a store out; one of the accesses at "// needs X" must then be reported.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o bounds.ptx bounds.cu, then cut folders in .file

// out[i] = in[i - 1] + in[i] + in[i + 1] inside; blocks of 64.
extern "C" __global__ void stencil(const int* in, int* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x + 1;
    if (i < n - 1) {                                     // bound right
        out[i] = in[i - 1] + in[i] + in[i + 1];          // needs right
    }
}

// Rows and columns of a matrix that fill their blocks in part.
extern "C" __global__ void scale(float* w, int rows, int cols) {
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (column >= cols) {                                // bound column
        return;
    }
    if (row < rows) {                                    // bound row
        w[row * cols + column] *= 2.0f;                  // needs row, column
    }
}

// Sums of pairs in shared memory; the last value has no partner and is given one.
extern "C" __global__ void pairs(const int* in, int* out, int n) {
    __shared__ int own[65];
    int t = threadIdx.x;
    own[t] = in[t];                                      // init own
    if (t == 0) {
        own[n] = 0;                                      // init last
    }
    __syncthreads();
#pragma unroll 1
    for (int i = t; i < n; i += 64) {                    // bound loop
        out[i] = own[i] + own[i + 1];                    // needs loop, own, last
    }
}

// A word of global memory that one thread clears and all add to, in two launches' worth of blocks.
extern "C" __global__ void counted(unsigned* count, const int* in, int n) {
    __shared__ unsigned own;
    if (threadIdx.x == 0) {
        own = 0;                                         // init counter
    }
    __syncthreads();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int value = i < n ? in[i] : 0;                       // bound count, needs count
    if (value > 0) {
        atomicAdd(&own, 1u);                             // needs counter
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        atomicAdd(count, own);
    }
}
