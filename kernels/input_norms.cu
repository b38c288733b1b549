// input_norms.cu: norms[j] = sqrt(s[j]), the factor of Wanda's score   (Wanda, section 3; docs/numerics.md)
// In:      s [inFeatures] f32, the mean squared column norms, or null: all norms are 1, the score is |w| exactly
// Out:     norms [inFeatures] f32, never -0 (the keys of scores are compared as unsigned integers)
// Order:   one rounded root a column; nothing is summed.
// Bytes:   8 * inFeatures. Bound by the launch.
// Launch:  grid ceil(inFeatures / 256), block 256, no dynamic shared memory
// Limits:  inFeatures >= 1; once a layer's input, before any of the selection kernels
#include <stdint.h>

extern "C" __global__ void __launch_bounds__(256)
input_norms(const float* __restrict__ s, float* __restrict__ norms, int inFeatures) {
    int j = blockIdx.x * blockDim.x + threadIdx.x;
    if (j >= inFeatures) {
        return;
    }
    norms[j] = s == nullptr ? 1.0f : __fadd_rn(__fsqrt_rn(s[j]), 0.0f);
}
