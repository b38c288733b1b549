// atomics.cu: every kind of atomic on global, shared and generic addresses.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o atomics.ptx atomics.cu, then cut folders in .file
#include <cuda_fp16.h>
typedef unsigned u32;
typedef unsigned long long u64;

extern "C" __global__ void atomics(int* i, u32* u, u64* l, float* f, double* d, half* h) {
    __shared__ int s[4];
    __shared__ float sf;
    __shared__ u64 sl;
    __shared__ double sd;
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (threadIdx.x < 4) s[threadIdx.x] = 0;
    if (threadIdx.x == 0) {
        sf = 0;
        sl = 0;
        sd = 0;
    }
    __syncthreads();
    atomicAdd(&i[0], t);
    atomicSub(&i[1], t);
    atomicMin(&i[2], 5 - t);
    atomicMax(&i[3], t * 3);
    atomicAnd(&i[4], ~(1 << (t & 31)));
    atomicOr(&i[5], 1 << (t & 31));
    atomicXor(&i[6], t * 7);
    atomicExch(&i[7], 42);
    atomicInc(&u[0], 9);
    atomicDec(&u[1], 6);
    atomicMin(&u[2], ~t);
    atomicMax(&u[3], 0x80000000u + t);
    atomicAdd(&l[0], (u64)t << 30);
    atomicMin((long long*)&l[1], (long long)-t);
    atomicMax(&l[2], ~0ull - t);
    atomicOr(&l[3], 1ull << (t & 63));
    atomicAdd(&f[0], 0.5f * t);
    atomicAdd(&d[0], 0.25 * t);
    atomicAdd((half2*)h, __floats2half2_rn(1.f, 2.f));
    atomicAdd(&s[0], t);
    atomicMax(&s[1], t);
    atomicAdd(&sf, 1.f);
    atomicAdd(&sl, 3ull);
    atomicAdd(&sd, .5);
    int* either = t & 1 ? &s[3] : &i[8];
    atomicAdd(either, 1);
    __syncthreads();
    if (threadIdx.x == 0) {
        atomicAdd(&i[9], s[0]);
        atomicMax(&i[10], s[1]);
        atomicAdd(&i[11], s[3]);
        atomicAdd(&f[1], sf);
        atomicAdd(&l[4], sl);
        atomicAdd(&d[1], sd);
    }
}
