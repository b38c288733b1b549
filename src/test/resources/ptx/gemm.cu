// gemm.cu: a tiled GEMM whose tiles arrive by cp.async in three stages, for MutationTest; marks as in barriers.cu.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o gemm.ptx gemm.cu, then cut folders in .file

constexpr int TILE = 16;
constexpr int STAGES = 3;

__device__ __forceinline__ void copy16(void* to, const void* from) {
    unsigned target = (unsigned)__cvta_generic_to_shared(to);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(target), "l"(from) : "memory");
}

// c[m][n] = sum over k of a[m][k] * b[k][n]; m, n and k are multiples of 16; block 16 x 16.
extern "C" __global__ void gemm(const float* a, const float* b, float* c, int n, int k) {
    __shared__ alignas(16) float left[STAGES][TILE][TILE];
    __shared__ alignas(16) float right[STAGES][TILE][TILE];
    int x = threadIdx.x;
    int y = threadIdx.y;
    int thread = y * TILE + x;
    int row = thread % 64 / 4;
    int column = thread % 4 * 4;
    const float* from = thread < 64 ? a + (blockIdx.y * TILE + row) * k + column
            : b + (size_t)row * n + blockIdx.x * TILE + column;
    size_t step = thread < 64 ? TILE : (size_t)TILE * n;
    float* to = thread < 64 ? &left[0][row][column] : &right[0][row][column];
    int tiles = k / TILE;
    for (int stage = 0; stage < STAGES - 1; stage++) {
        if (thread < 128 && stage < tiles) {
            copy16(to + stage * TILE * TILE, from + stage * step);
        }
        asm volatile("cp.async.commit_group;" ::: "memory");  // barrier committed
    }
    float sum = 0.0f;
    for (int i = 0; i < tiles; i++) {
        asm volatile("cp.async.wait_group 1;" ::: "memory");  // barrier landed
        __syncthreads();                                      // barrier everywhere
        int next = i + STAGES - 1;
        if (thread < 128 && next < tiles) {
            copy16(to + next % STAGES * TILE * TILE, from + next * step);  // needs everywhere
        }
        asm volatile("cp.async.commit_group;" ::: "memory");  // barrier next
        for (int j = 0; j < TILE; j++) {
            sum += left[i % STAGES][y][j]                     // needs landed, everywhere, next, committed
                    * right[i % STAGES][j][x];                // needs landed, everywhere, next, committed
        }
    }
    c[(blockIdx.y * TILE + y) * n + blockIdx.x * TILE + x] = sum;
}
