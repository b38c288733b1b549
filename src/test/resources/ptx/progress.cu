// progress.cu: kernels whose threads wait for each other by spinning, for ProgressTest, and some that wait forever.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o progress.ptx progress.cu, then cut folders in .file

// Every lane adds one under a lock: lanes of a warp wait for a lane of the same warp.
extern "C" __global__ void lock(int* mutex, int* value) {
    bool done = false;
    while (!done) {
        if (atomicCAS(mutex, 0, 1) == 0) {
            __threadfence();
            *value += 1;
            __threadfence();
            atomicExch(mutex, 0);
            done = true;
        }
    }
}

// The same, spinning before the critical section: lanes that got nothing stay behind in the loop.
extern "C" __global__ void tight_lock(int* mutex, int* value) {
    while (atomicCAS(mutex, 0, 1) != 0) {
    }
    __threadfence();
    *value += 1;
    __threadfence();
    atomicExch(mutex, 0);
}

// The lock without its fences.
extern "C" __global__ void unfenced_lock(int* mutex, int* value) {
    while (atomicCAS(mutex, 0, 1) != 0) {
    }
    *value += 1;  // bug: no fence
    atomicExch(mutex, 0);
}

// Inclusive sums over blocks of 32 by decoupled look-back; state 0 nothing, 1 own sum, 2 sum of all up to here.
extern "C" __global__ void look_back(const int* in, int* out, volatile int* state, volatile int* own,
        volatile int* upTo) {
    int b = blockIdx.x;
    int lane = threadIdx.x;
    int sum = in[b * 32 + lane];
    for (int d = 1; d < 32; d *= 2) {
        int before = __shfl_up_sync(0xffffffffu, sum, d);
        sum += lane >= d ? before : 0;
    }
    int earlier = 0;
    if (lane == 31) {
        own[b] = sum;
        __threadfence();
        state[b] = 1;
        for (int p = b - 1; p >= 0;) {
            int known = state[p];
            __threadfence();
            if (known == 2) {
                earlier += upTo[p];
                break;
            }
            if (known == 1) {
                earlier += own[p--];
            }
        }
        upTo[b] = earlier + sum;
        __threadfence();
        state[b] = 2;
    }
    out[b * 32 + lane] = sum + __shfl_sync(0xffffffffu, earlier, 31);
}

// All blocks meet between two steps, as cooperative groups do it.
__device__ void meet(unsigned* arrived) {
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(arrived, 1u);
        while (*(volatile unsigned*)arrived < gridDim.x) {
        }
        __threadfence();
    }
    __syncthreads();
}
extern "C" __global__ void grid_barrier(int* values, int* out, unsigned* arrived) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int n = gridDim.x * blockDim.x;
    values[i] = i;
    meet(arrived);
    out[i] = values[n - 1 - i];
}

// The sum of a plain array by the warp that waits for a flag of another one.
extern "C" __global__ void flag(int* out, int seed) {
    __shared__ int value;
    __shared__ volatile int ready;
    if (threadIdx.x == 0) {
        ready = 0;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        while (ready == 0) {
        }
        __threadfence_block();
        *out = value;
    } else if (threadIdx.x == 32) {
        value = seed;
        __threadfence_block();
        ready = 1;
    }
}

extern "C" __global__ void unfenced_flag(int* out, int seed) {
    __shared__ int value;
    __shared__ volatile int ready;
    if (threadIdx.x == 0) {
        ready = 0;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        while (ready == 0) {
        }
        *out = value;  // bug: flag without fence
    } else if (threadIdx.x == 32) {
        value = seed;
        ready = 1;
    }
}

// Nobody sets the flag.
extern "C" __global__ void forever(volatile int* flag, int* out) {
    while (*flag == 0) {  // bug: waits forever
    }
    *out = 1;
}

// Counts while it waits: registers never come back to what they were.
extern "C" __global__ void counting(volatile int* flag, int* out) {
    int rounds = 0;
    while (*flag == 0) {  // bug: counts forever
        rounds++;
    }
    *out = rounds;
}

// A long loop that is honest.
extern "C" __global__ void patient(int* out, int rounds) {
    unsigned x = threadIdx.x;
    for (int i = 0; i < rounds; i++) {
        x = x * 1664525u + 1013904223u;
    }
    *out = x == 0 ? 1 : 2;
}
