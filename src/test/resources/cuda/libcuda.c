// A CUDA driver without a GPU, to test what is called and with what: device memory is the host's, work is done at once,
// and every call is written to the file that FAKE_CUDA_LOG names. FAKE_CUDA_FAIL=cuMemAlloc=2 makes that call fail with
// that error. The one kernel is called "arguments": it stores its arguments (address, long, int, float) in order.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int finish(const char* name, const char* format, ...) {
    FILE* log = fopen(getenv("FAKE_CUDA_LOG"), "a");
    fprintf(log, "%s", name);
    va_list values;
    va_start(values, format);
    vfprintf(log, format, values);
    va_end(values);
    fprintf(log, "\n");
    fclose(log);
    const char* fail = getenv("FAKE_CUDA_FAIL");
    size_t length = strlen(name);
    return fail && !strncmp(fail, name, length) && fail[length] == '=' ? atoi(fail + length + 1) : 0;
}

int cuInit(unsigned flags) { return finish("cuInit", " %u", flags); }
int cuDriverGetVersion(int* version) { *version = 12040; return finish("cuDriverGetVersion", ""); }
int cuDeviceGetCount(int* count) { *count = 2; return finish("cuDeviceGetCount", ""); }
int cuDeviceGet(int* device, int ordinal) { *device = 40 + ordinal; return finish("cuDeviceGet", " %d", ordinal); }
int cuDeviceGetName(char* name, int length, int device) {
    snprintf(name, length, "Fake GPU %d", device);
    return finish("cuDeviceGetName", " %d", device);
}
int cuDeviceTotalMem_v2(size_t* bytes, int device) { *bytes = 5ull << 30; return finish("cuDeviceTotalMem", " %d", device); }
int cuDeviceGetAttribute(int* value, int attribute, int device) {
    *value = attribute == 75 ? (device == 40 ? 8 : 7) : attribute == 76 ? 6 : attribute == 16 ? 84 : -1;
    return finish("cuDeviceGetAttribute", " %d %d", attribute, device);
}
int cuDevicePrimaryCtxRetain(void** context, int device) {
    *context = (void*) 0x1000;
    return finish("cuDevicePrimaryCtxRetain", " %d", device);
}
int cuDevicePrimaryCtxRelease_v2(int device) { return finish("cuDevicePrimaryCtxRelease", " %d", device); }
int cuCtxSetCurrent(void* context) { return finish("cuCtxSetCurrent", " %p", context); }
int cuModuleLoadDataEx(void** module, const char* ptx, unsigned count, int* options, void** values) {
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == 5) {
            strcpy(values[i], strstr(ptx, "bad") ? "ptxas fatal : planted complaint\nsecond line" : "");
        }
    }
    *module = (void*) 0x2000;
    int status = finish("cuModuleLoadDataEx", " %s", ptx);
    return strstr(ptx, "bad") ? 218 : status;
}
int cuModuleUnload(void* module) { return finish("cuModuleUnload", " %p", module); }
int cuModuleGetFunction(void** function, void* module, const char* name) {
    *function = (void*) 0x3000;
    int status = finish("cuModuleGetFunction", " %p %s", module, name);
    return strcmp(name, "arguments") ? 500 : status;
}
int cuFuncGetAttribute(int* value, int attribute, void* function) {
    *value = 100 + attribute;
    return finish("cuFuncGetAttribute", " %d %p", attribute, function);
}
int cuFuncSetAttribute(void* function, int attribute, int value) {
    return finish("cuFuncSetAttribute", " %p %d %d", function, attribute, value);
}
int cuMemAlloc_v2(void** address, size_t bytes) {
    *address = malloc(bytes);
    return finish("cuMemAlloc", " %zu", bytes);
}
int cuMemFree_v2(void* address) { free(address); return finish("cuMemFree", ""); }
int cuMemAllocHost_v2(void** address, size_t bytes) {
    *address = malloc(bytes);
    return finish("cuMemAllocHost", " %zu", bytes);
}
int cuMemFreeHost(void* address) { free(address); return finish("cuMemFreeHost", ""); }
int cuStreamCreate(void** stream, unsigned flags) { *stream = (void*) 0x4000; return finish("cuStreamCreate", " %u", flags); }
int cuStreamDestroy_v2(void* stream) { return finish("cuStreamDestroy", " %p", stream); }
int cuStreamSynchronize(void* stream) { return finish("cuStreamSynchronize", " %p", stream); }
int cuMemcpyHtoDAsync_v2(void* target, const void* source, size_t bytes, void* stream) {
    memcpy(target, source, bytes);
    return finish("cuMemcpyHtoDAsync", " %zu %p", bytes, stream);
}
int cuMemcpyDtoHAsync_v2(void* target, const void* source, size_t bytes, void* stream) {
    memcpy(target, source, bytes);
    return finish("cuMemcpyDtoHAsync", " %zu %p", bytes, stream);
}
int cuMemcpyDtoDAsync_v2(void* target, const void* source, size_t bytes, void* stream) {
    memcpy(target, source, bytes);
    return finish("cuMemcpyDtoDAsync", " %zu %p", bytes, stream);
}
int cuMemsetD8Async(void* target, unsigned char value, size_t bytes, void* stream) {
    memset(target, value, bytes);
    return finish("cuMemsetD8Async", " %d %zu %p", value, bytes, stream);
}
int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
        unsigned shared, void* stream, void** arguments, void** extra) {
    char* out = *(char**) arguments[0];
    memcpy(out, arguments[1], 8);
    memcpy(out + 8, arguments[2], 4);
    memcpy(out + 12, arguments[3], 4);
    return finish("cuLaunchKernel", " %p %u,%u,%u %u,%u,%u %u %p", function, gx, gy, gz, bx, by, bz, shared, stream);
}
int cuEventCreate(void** event, unsigned flags) { *event = (void*) 0x5000; return finish("cuEventCreate", " %u", flags); }
int cuEventDestroy_v2(void* event) { return finish("cuEventDestroy", " %p", event); }
int cuEventRecord(void* event, void* stream) { return finish("cuEventRecord", " %p %p", event, stream); }
int cuEventSynchronize(void* event) { return finish("cuEventSynchronize", " %p", event); }
int cuEventElapsedTime(float* milliseconds, void* first, void* second) {
    *milliseconds = 1.5f;
    return finish("cuEventElapsedTime", " %p %p", first, second);
}
