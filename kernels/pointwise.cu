// pointwise.cu: each element on its own
//   relu, silu, gelu_erf, gelu_tanh      x = f(x)
//   relu_gated, silu_gated, ...          x = f(x) * up
//   add                                  x = x + up
// In/out:  x, up [count] f16 or bf16; the result is rounded once
// Entries: {relu,silu,gelu_erf,gelu_tanh}{,_gated}_{f16,bf16} and add_{f16,bf16}  (x, up, count); up is null where unused
// Bytes:   4 * count, with up 6 * count. Bound by bandwidth (gelu_erf by instructions).
// Launch:  grid at most 8 blocks a multiprocessor, which walk on, block 256; 16-byte vectors where both addresses allow
// Limits:  the functions are those of CUDA's fp32 library, within 2 ulp of fp32: far below the rounding to 16 bits
#include "block.cuh"

constexpr int THREADS = 256;

struct Relu {
    static __device__ __forceinline__ float of(float x) {
        return x < 0.0f ? 0.0f : x;
    }
};

struct Silu {
    static __device__ __forceinline__ float of(float x) {
        return __fdiv_rn(x, __fadd_rn(1.0f, expf(-x)));
    }
};

struct GeluErf {
    static __device__ __forceinline__ float of(float x) {
        return __fmul_rn(__fmul_rn(0.5f, x), __fadd_rn(1.0f, erff(__fmul_rn(x, 0.70710678f))));
    }
};

struct GeluTanh {
    static __device__ __forceinline__ float of(float x) {
        float cube = __fmul_rn(__fmul_rn(x, x), x);
        float inner = __fmul_rn(0.79788456f, __fmaf_rn(0.044715f, cube, x));
        return __fmul_rn(__fmul_rn(0.5f, x), __fadd_rn(1.0f, tanhf(inner)));
    }
};

// What becomes of an element and the one beside it.
template <class F>
struct Alone {
    static constexpr bool HAS_UP = false;
    static __device__ __forceinline__ float of(float x, float) {
        return F::of(x);
    }
};

template <class F>
struct Gated {
    static constexpr bool HAS_UP = true;
    static __device__ __forceinline__ float of(float x, float up) {
        return __fmul_rn(F::of(x), up);
    }
};

struct Sum {
    static constexpr bool HAS_UP = true;
    static __device__ __forceinline__ float of(float x, float up) {
        return __fadd_rn(x, up);
    }
};

template <class T, class F>
__device__ __forceinline__ void each(typename T::Bits* x, const typename T::Bits* up, long long count) {
    const long long step = (long long) gridDim.x * THREADS;
    const long long me = (long long) blockIdx.x * THREADS + threadIdx.x;
    const long long vectors = isVector(x) && (!F::HAS_UP || isVector(up)) ? count / VECTOR : 0;
    for (long long v = me; v < vectors; v += step) {
        float values[VECTOR];
        float others[VECTOR] = {};
        loadVector<T>(values, x + v * VECTOR);
        if (F::HAS_UP) {
            loadVector<T>(others, up + v * VECTOR);
        }
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] = F::of(values[i], others[i]);
        }
        storeVector<T>(x + v * VECTOR, values);
    }
    for (long long i = vectors * VECTOR + me; i < count; i += step) {
        x[i] = T::bits(F::of(T::value(x[i]), F::HAS_UP ? T::value(up[i]) : 0.0f));
    }
}

#define POINTWISE(NAME, SUFFIX, T, F) \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    NAME##_##SUFFIX(T::Bits* __restrict__ x, const T::Bits* __restrict__ up, long long count) { \
        each<T, F>(x, up, count); \
    }

#define POINTWISE_ENTRIES(SUFFIX, T) \
    POINTWISE(relu, SUFFIX, T, Alone<Relu>) \
    POINTWISE(silu, SUFFIX, T, Alone<Silu>) \
    POINTWISE(gelu_erf, SUFFIX, T, Alone<GeluErf>) \
    POINTWISE(gelu_tanh, SUFFIX, T, Alone<GeluTanh>) \
    POINTWISE(relu_gated, SUFFIX, T, Gated<Relu>) \
    POINTWISE(silu_gated, SUFFIX, T, Gated<Silu>) \
    POINTWISE(gelu_erf_gated, SUFFIX, T, Gated<GeluErf>) \
    POINTWISE(gelu_tanh_gated, SUFFIX, T, Gated<GeluTanh>) \
    POINTWISE(add, SUFFIX, T, Sum)

POINTWISE_ENTRIES(f16, F16)
POINTWISE_ENTRIES(bf16, Bf16)
