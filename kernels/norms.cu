// norms.cu: rms_norm    out = x / sqrt(mean(x^2) + epsilon) * gain                    (Zhang and Sennrich 2019, section 4)
//           layer_norm  out = (x - mean) / sqrt(variance + epsilon) * gain + bias     (Ba et al. 2016, section 3)
// In:      x [rows, columns] f16 or bf16, gain and bias [columns] f32
// Out:     out [rows, columns] in x's type, rounded once; may be x
// Entries: {rms_norm,layer_norm}_{f16,bf16} (x, gain, bias, epsilon, rows, columns, out); rms_norm takes no bias
// Order:   a thread adds its elements by ascending column, a warp by halves, the block's warps in order. The variance is
//          that of the differences from the mean, of a row that stays in shared memory.
// Bytes:   4 * rows * columns: each element read once and written once. Bound by bandwidth.
// Launch:  grid at most 8 blocks a multiprocessor, which walk over the rows so that gains and biases come from L1; block
//          256, dynamic shared memory 4 * columns
// Limits:  columns <= 24576 (the shared memory of a block); 16-byte vectors where a row allows them, else by element
#include "block.cuh"

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / LANES;

// Work on a row, which lies in shared memory as fp32: by vectors or by element. Element i of vector v lies at
// i * vectors of a row + v, so that lanes meet different banks. A thread reads again only what it wrote itself.
template <class Each>
__device__ __forceinline__ void forMyColumns(int columns, bool vectors, Each each) {
    if (vectors) {
        for (int v = threadIdx.x; v < columns / VECTOR; v += THREADS) {
            each.vector(v, columns / VECTOR);
        }
    } else {
        for (int j = threadIdx.x; j < columns; j += THREADS) {
            each.element(j);
        }
    }
}

template <class T>
struct Load {
    const typename T::Bits* x;
    float* row;
    float* sum;
    float* squares;
    __device__ __forceinline__ void add(float value) {
        *sum = __fadd_rn(*sum, value);
        *squares = __fmaf_rn(value, value, *squares);
    }
    __device__ __forceinline__ void vector(int v, int pitch) {
        float values[VECTOR];
        loadVector<T>(values, x + v * VECTOR);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            add(values[i]);
            row[i * pitch + v] = values[i];
        }
    }
    __device__ __forceinline__ void element(int j) {
        row[j] = T::value(x[j]);
        add(row[j]);
    }
};

struct Spread {
    const float* row;
    float mean;
    float* squares;
    __device__ __forceinline__ void element(int j) {
        float difference = __fsub_rn(row[j], mean);
        *squares = __fmaf_rn(difference, difference, *squares);
    }
    __device__ __forceinline__ void vector(int v, int pitch) {
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            element(i * pitch + v);
        }
    }
};

template <class T>
struct Store {
    const float* row;
    float mean;
    float scale;
    const float* gain;
    const float* bias;
    typename T::Bits* out;
    __device__ __forceinline__ float result(float x, float g, float b) {
        float normed = __fmul_rn(__fsub_rn(x, mean), scale);
        return bias == nullptr ? __fmul_rn(normed, g) : __fmaf_rn(normed, g, b);
    }
    __device__ __forceinline__ void vector(int v, int pitch) {
        const int j = v * VECTOR;
        float g[VECTOR];
        float b[VECTOR] = {};
        float results[VECTOR];
        loadParameters(g, gain + j);
        if (bias != nullptr) {
            loadParameters(b, bias + j);
        }
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            results[i] = result(row[i * pitch + v], g[i], b[i]);
        }
        storeVector<T>(out + j, results);
    }
    __device__ __forceinline__ void element(int j) {
        out[j] = T::bits(result(row[j], __ldg(gain + j), bias == nullptr ? 0.0f : __ldg(bias + j)));
    }
};

template <class T, bool CENTRED>
__device__ __forceinline__ void normalize(const typename T::Bits* x, const float* gain, const float* bias, float epsilon,
        int rows,
        int columns, typename T::Bits* out) {
    extern __shared__ __align__(16) float row[];
    __shared__ float sums[WARPS];
    const bool vectors = columns % VECTOR == 0 && isVector(x) && isVector(out);
    for (int r = blockIdx.x; r < rows; r += gridDim.x) {
        float sum = 0.0f;
        float squares = 0.0f;
        forMyColumns(columns, vectors, Load<T>{x + size_t(r) * columns, row, &sum, &squares});
        float mean = 0.0f;
        if (CENTRED) {
            mean = __fdiv_rn(blockSum<WARPS>(sum, sums), float(columns));
            squares = 0.0f;
            forMyColumns(columns, vectors, Spread{row, mean, &squares});
        }
        float variance = __fdiv_rn(blockSum<WARPS>(squares, sums), float(columns));
        float scale = __frcp_rn(__fsqrt_rn(__fadd_rn(variance, epsilon)));
        forMyColumns(columns, vectors, Store<T>{row, mean, scale, gain, bias, out + size_t(r) * columns});
    }
}

#define NORM_ENTRIES(SUFFIX, T) \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    rms_norm_##SUFFIX(const T::Bits* x, const float* __restrict__ gain, float epsilon, int rows, int columns, \
            T::Bits* out) { \
        normalize<T, false>(x, gain, nullptr, epsilon, rows, columns, out); \
    } \
    extern "C" __global__ void __launch_bounds__(THREADS) \
    layer_norm_##SUFFIX(const T::Bits* x, const float* __restrict__ gain, const float* __restrict__ bias, \
            float epsilon, int rows, int columns, T::Bits* out) { \
        normalize<T, true>(x, gain, bias, epsilon, rows, columns, out); \
    }

NORM_ENTRIES(f16, F16)
NORM_ENTRIES(bf16, Bf16)
