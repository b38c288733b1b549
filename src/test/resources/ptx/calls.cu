// calls.cu: functions that stay functions: recursion, pointers, virtual methods, structures by value, switch tables.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o calls.ptx calls.cu, then cut folders in .file
#include <cassert>
#include <cstdio>

__device__ __noinline__ int ackermann(int m, int n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

// Sorts d[low..high] with a frame of its own for each half.
__device__ __noinline__ void quicksort(int* d, int low, int high) {
    int i = low, j = high, pivot = d[(low + high) / 2];
    while (i <= j) {
        while (d[i] < pivot) i++;
        while (d[j] > pivot) j--;
        if (i <= j) {
            int t = d[i];
            d[i++] = d[j];
            d[j--] = t;
        }
    }
    if (low < j) quicksort(d, low, j);
    if (i < high) quicksort(d, i, high);
}

extern "C" __global__ void recursion(int* ackermanns, int* rows, int width) {
    ackermanns[threadIdx.x] = ackermann(2, threadIdx.x % 4);
    quicksort(rows + threadIdx.x * width, 0, width - 1);
}

struct Mixed {
    int counts[5];
    double weight;
    char tag;
};

__device__ __noinline__ Mixed grown(Mixed from, int by) {
    for (int i = 0; i < 5; i++) from.counts[i] += by;
    from.weight *= 2;
    from.tag++;
    return from;
}

extern "C" __global__ void structures(int* out) {
    int t = threadIdx.x;
    Mixed mixed;
    for (int i = 0; i < 5; i++) mixed.counts[i] = t + i;
    mixed.weight = t;
    mixed.tag = t;
    mixed = grown(mixed, 3);
    out[t] = mixed.counts[4] + (int)mixed.weight + mixed.tag;
}

__device__ __noinline__ int next(int x) { return x + 1; }
__device__ __noinline__ int squared(int x) { return x * x; }
__device__ __noinline__ int negated(int x) { return -x; }
typedef int (*Function)(int);
__device__ Function table[3] = {next, squared, negated};

struct Shape {
    __device__ virtual int area(int size) const = 0;
};
struct Square : Shape {
    __device__ int area(int size) const override { return size * size; }
};
struct Strip : Shape {
    __device__ int area(int size) const override { return size * 3; }
};

// Even and odd lanes call different functions at one instruction.
extern "C" __global__ void pointers(int* out, int* areas) {
    int t = threadIdx.x;
    out[t] = table[t % 3](t);
    Square square;
    Strip strip;
    const Shape* shape = t % 2 ? (const Shape*)&square : (const Shape*)&strip;
    areas[t] = shape->area(t);
}

extern "C" __global__ void choices(const int* in, int* out, int n) {
    int i = threadIdx.x;
    if (i >= n) return;
    int v = in[i];
    switch (v) {
        case 0: v = 7; break;
        case 1: v = i * 3; break;
        case 2: v ^= i;  // and on
        case 3: v += 100; break;
        case 4: v = -v; break;
        case 5: v = i << 2; break;
        case 6: v = 1; break;
        case 7: v = i / 3; break;
        case 8: return;
        default: v = 9999;
    }
    out[i] = v;
}

extern "C" __global__ void messages(int n, double x) {
    printf("thread %d of %3u: %5.2f|%-6s|%08x|%g %lld %c%%\n", threadIdx.x, n, x * threadIdx.x, "ab", n * 77, x * 1e-7,
        123456789012345LL, 'z');
}

extern "C" __global__ void asserts(int n) {
    assert(threadIdx.x < n);
}

extern "C" __global__ void traps(int n) {
    if (threadIdx.x == n) __trap();
}

__device__ __noinline__ int endless(int n) {
    volatile int own[64];
    own[n & 63] = n;
    return n == 0 ? 0 : endless(n + 1) + own[(n + 1) & 63];
}

extern "C" __global__ void overflows(int* out) {
    *out = endless(1);
}

extern "C" __global__ void heap(int* out) {
    int* own = (int*)malloc(16);
    own[0] = threadIdx.x;
    own[3] = 5;
    out[threadIdx.x] = own[0] * own[3];
    free(own);
}

// An array whose length only the launch knows.
extern "C" __global__ void variable_length(int* out, int n) {
    int* own = (int*)__builtin_alloca(n * sizeof(int));
    for (int i = 0; i < n; i++) own[i] = i * threadIdx.x;
    int sum = 0;
    for (int i = n - 1; i >= 0; i--) sum = sum * 3 + own[i];
    out[threadIdx.x] = sum;
}
