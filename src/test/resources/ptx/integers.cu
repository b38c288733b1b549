// integers.cu: integer intrinsics and carries; the .ptx beside it is what tests run.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o integers.ptx integers.cu, then cut folders in .file
typedef unsigned u32;
typedef unsigned long long u64;

// 13 results a thread, of two numbers and a third.
extern "C" __global__ void words(const u32* a, const u32* b, const u32* c, u32* out, int n) {
    int i = threadIdx.x;
    u32 x = a[i], y = b[i], z = c[i];
    u32 results[] = {__umulhi(x, y), (u32)__mulhi((int)x, (int)y), __umul24(x, y), (u32)__mul24((int)x, (int)y),
        __usad(x, y, z), __sad((int)x, (int)y, z), __funnelshift_l(x, y, z), __funnelshift_rc(x, y, z),
        __byte_perm(x, y, z), (u32)__dp4a((int)x, (int)y, (int)z), __dp2a_hi(x, y, z), __vabsdiffu4(x, y),
        __fns(x, y & 31, (int)(z % 9) - 4)};
    for (int k = 0; k < 13; k++) out[k * n + i] = results[k];
}

extern "C" __global__ void longs(const u64* a, const u64* b, u64* out, int n) {
    int i = threadIdx.x;
    u64 x = a[i], y = b[i];
    u64 results[] = {__umul64hi(x, y), (u64)__mul64hi((long long)x, (long long)y), __brevll(x), (u64)__clzll(x),
        (u64)__popcll(x), (u64)__ffsll(x), y ? x / y : 0, y ? x % y : 0};
    for (int k = 0; k < 8; k++) out[k * n + i] = results[k];
}

// (a * b + (c : a)) - (b : c), then divided by a number of 80 bits; two words each.
extern "C" __global__ void wide(const u64* a, const u64* b, const u64* c, u64* out, int n) {
    int i = threadIdx.x;
    unsigned __int128 x = (unsigned __int128)a[i] * b[i];
    x += (unsigned __int128)c[i] << 64 | a[i];
    x -= (unsigned __int128)b[i] << 64 | c[i];
    out[2 * i] = (u64)x;
    out[2 * i + 1] = (u64)(x >> 64);
    x /= (unsigned __int128)(c[i] & 0xffff) << 64 | a[i] | 1;
    out[2 * n + 2 * i] = (u64)x;
    out[2 * n + 2 * i + 1] = (u64)(x >> 64);
}
