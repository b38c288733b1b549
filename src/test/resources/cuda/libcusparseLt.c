// A cuSPARSELt without a GPU, to test what it is called with: "compresses" by copying every second half.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int64_t rows, columns; int magic; } Matrix;

int cusparseLtInit(int* handle) { *handle = 77; return 0; }
int cusparseLtDestroy(const int* handle) { return *handle == 77 ? 0 : 3; }
int cusparseLtStructuredDescriptorInit(const int* handle, Matrix* matrix, int64_t rows, int64_t columns, int64_t ld,
        uint32_t alignment, int type, int order, int sparsity) {
    matrix->rows = rows;
    matrix->columns = columns;
    matrix->magic = 5;
    return *handle == 77 && ld == columns && alignment == 16 && type == 2 && order == 2 && sparsity == 0 ? 0 : 3;
}
int cusparseLtMatDescriptorDestroy(const Matrix* matrix) { return matrix->magic == 5 ? 0 : 3; }
int cusparseLtSpMMACompressedSize2(const int* handle, const Matrix* matrix, size_t* bytes, size_t* scratch) {
    *bytes = matrix->rows * matrix->columns / 2 * 2 * 9 / 8;
    *scratch = 40;
    return *handle == 77 ? 0 : 3;
}
int cusparseLtSpMMACompress2(const int* handle, const Matrix* matrix, int sparseIsFirst, int operation,
        const uint16_t* dense, uint16_t* compressed, void* scratch, void* stream) {
    for (int64_t i = 0; i < matrix->rows * matrix->columns / 2; i++) {
        compressed[i] = dense[2 * i];
    }
    return *handle == 77 && sparseIsFirst == 1 && operation == 0 && scratch && !stream ? 0 : 3;
}
