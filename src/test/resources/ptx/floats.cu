// floats.cu: roundings, conversions, halves and functions; the .ptx beside it is what tests run.
// Regenerate: nvcc -arch=compute_80 -ptx -lineinfo -o floats.ptx floats.cu, then cut folders in .file
#include <cuda_bf16.h>
#include <cuda_fp16.h>

extern "C" __global__ void singles(const float* a, const float* b, const float* c, float* out, int n) {
    int i = threadIdx.x;
    float x = a[i], y = b[i], z = c[i];
    float results[] = {__fadd_rz(x, y), __fadd_ru(x, y), __fmul_rd(x, y), __fmaf_rz(x, y, z), __fdiv_ru(x, y),
        __fsqrt_rd(fabsf(x)), __frcp_rz(x)};
    for (int k = 0; k < 7; k++) out[k * n + i] = results[k];
}

extern "C" __global__ void doubles(const double* a, const double* b, const double* c, double* out, int n) {
    int i = threadIdx.x;
    double x = a[i], y = b[i], z = c[i];
    double results[] = {__dadd_rz(x, y), __dadd_ru(x, y), __dmul_rd(x, y), __fma_rz(x, y, z), __ddiv_ru(x, y),
        __dsqrt_rd(fabs(x)), __drcp_rz(x)};
    for (int k = 0; k < 7; k++) out[k * n + i] = results[k];
}

extern "C" __global__ void functions(const double* a, const double* b, double* out, int n) {
    int i = threadIdx.x;
    double x = a[i], y = b[i];
    double results[] = {exp(x / 10), log(fabs(x)), sin(x), cos(x * 1e6), pow(fabs(x), y / 100), atan2(x, y), cbrt(x),
        tanh(x / 100), fmod(x, y), hypot(x, y), expf((float)x / 10), logf(fabsf((float)x)), sinf((float)x),
        powf(fabsf((float)x), 0.3f), atan2f((float)x, (float)y)};
    for (int k = 0; k < 15; k++) out[k * n + i] = results[k];
}

extern "C" __global__ void halves(const float* a, const float* b, const float* c, float* out, int n) {
    int i = threadIdx.x;
    half x = __float2half(a[i]), y = __float2half(b[i]), z = __float2half(c[i]);
    half2 xy = __halves2half2(x, y), yz = __halves2half2(y, z), zx = __halves2half2(z, x);
    half2 greater = __hgt2(xy, yz);
    float results[] = {x + y, x * y, __hfma(x, y, z), __hfma_relu(x, y, z), __hadd_sat(x, y), __hmax(x, y),
        __hmin_nan(x, y), -x, __habs(x), hsqrt(__habs(x)), __high2half(__hfma2(xy, yz, zx)),
        __low2float(greater) + 2 * __high2float(greater), __hbeq2(xy, xy) ? 1.f : 0.f, hrint(x)};
    for (int k = 0; k < 14; k++) out[k * n + i] = results[k];
}

extern "C" __global__ void conversions(const float* a, long long* out, int n) {
    int i = threadIdx.x;
    float x = a[i];
    long long results[] = {(long long)__float2ull_rz(x), __float2ll_ru(x), __float2int_rd(x),
        (long long)__float2uint_rn(x), __half_as_ushort(__float2half_rz(x)), __bfloat16_as_ushort(__float2bfloat16(x)),
        __bfloat16_as_ushort(__float2bfloat16_rz(x))};
    for (int k = 0; k < 7; k++) out[k * n + i] = results[k];
}
