// libcuda.so.1 of a machine without a GPU: the driver's API as far as Mendel uses it, on the processor.
//
// Everything that calls the driver can so be tried where there is none: addresses, parameters, modules, error codes. It
// does at once what a GPU does later, checks what it is given, and has as much memory as MENDEL_DRIVER_BYTES says.

#include "../../main/cuda/host.cc"

#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

typedef int CUresult;
typedef uint64_t CUdeviceptr;

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_IMAGE = 200, INVALID_CONTEXT = 201,
       INVALID_HANDLE = 400, NOT_FOUND = 500, ALREADY_REGISTERED = 712, NOT_REGISTERED = 713 };

static std::mutex mutex;
static std::map<uint64_t, std::pair<void*, uint64_t>> memory;
static std::map<uint64_t, uint64_t> registered;
static uint64_t used;
static int contexts;
static thread_local void* currentContext;

static uint64_t capacity() {
    const char* bytes = getenv("MENDEL_DRIVER_BYTES");
    return bytes != nullptr ? strtoull(bytes, nullptr, 10) : 256ull << 20;
}

static bool isDevice(uint64_t address, uint64_t bytes) {
    auto above = memory.upper_bound(address);
    if (above == memory.begin()) {
        return false;
    }
    auto& block = *--above;
    return address + bytes <= block.first + block.second.second;
}

#define API extern "C" CUresult
#define LOCKED                                  \
    if (currentContext == nullptr) {            \
        return INVALID_CONTEXT;                 \
    }                                           \
    std::lock_guard<std::mutex> lock(mutex)

API cuInit(unsigned) { return SUCCESS; }
API cuDriverGetVersion(int* version) { return *version = 12040, SUCCESS; }
API cuDeviceGetCount(int* count) { return *count = 1, SUCCESS; }
API cuDeviceGet(int* device, int ordinal) { return *device = ordinal, ordinal == 0 ? SUCCESS : INVALID_VALUE; }
API cuDeviceGetName(char* name, int length, int) {
    strncpy(name, "Processor", length);
    return SUCCESS;
}
API cuDeviceTotalMem_v2(uint64_t* bytes, int) { return *bytes = capacity(), SUCCESS; }
API cuDeviceGetAttribute(int* value, int attribute, int) {
    *value = attribute == 75 ? 7 : attribute == 76 ? 5 : 0;
    return SUCCESS;
}
API cuGetErrorName(int, const char** name) { return *name = "CUDA_ERROR_OF_THE_TEST", SUCCESS; }
API cuGetErrorString(int, const char** text) { return *text = "an error", SUCCESS; }

API cuDevicePrimaryCtxRetain(void** context, int) {
    contexts++;
    return *context = &contexts, SUCCESS;
}
API cuDevicePrimaryCtxRelease_v2(int) {
    contexts--;
    return contexts > 0 || (memory.empty() && registered.empty()) ? SUCCESS : INVALID_VALUE;
}
API cuCtxSetCurrent(void* context) {
    currentContext = context;
    return context == &contexts && contexts > 0 ? SUCCESS : INVALID_CONTEXT;
}

API cuCtxSynchronize() { return SUCCESS; }

API cuMemGetInfo_v2(uint64_t* free, uint64_t* total) {
    LOCKED;
    *total = capacity();
    *free = capacity() - used;
    return SUCCESS;
}
API cuMemAlloc_v2(CUdeviceptr* address, uint64_t bytes) {
    LOCKED;
    if (bytes == 0) {
        return INVALID_VALUE;
    }
    if (used + bytes > capacity()) {
        return OUT_OF_MEMORY;
    }
    void* block = aligned_alloc(256, (bytes + 255) / 256 * 256);
    memset(block, 0x7e, bytes);
    used += bytes;
    memory[reinterpret_cast<uint64_t>(block)] = {block, bytes};
    *address = reinterpret_cast<uint64_t>(block);
    return SUCCESS;
}
API cuMemFree_v2(CUdeviceptr address) {
    LOCKED;
    auto block = memory.find(address);
    if (block == memory.end()) {
        return INVALID_VALUE;
    }
    used -= block->second.second;
    free(block->second.first);
    memory.erase(block);
    return SUCCESS;
}
API cuMemHostRegister_v2(void* address, uint64_t bytes, unsigned) {
    LOCKED;
    bool isNew = bytes > 0 && registered.emplace(reinterpret_cast<uint64_t>(address), bytes).second;
    return isNew ? SUCCESS : ALREADY_REGISTERED;
}
API cuMemHostUnregister(void* address) {
    LOCKED;
    return registered.erase(reinterpret_cast<uint64_t>(address)) == 1 ? SUCCESS : NOT_REGISTERED;
}
API cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void* source, uint64_t bytes, void*) {
    LOCKED;
    return isDevice(target, bytes) ? memcpy(reinterpret_cast<void*>(target), source, bytes), SUCCESS : INVALID_VALUE;
}
API cuMemcpyDtoHAsync_v2(void* target, CUdeviceptr source, uint64_t bytes, void*) {
    LOCKED;
    return isDevice(source, bytes) ? memcpy(target, reinterpret_cast<void*>(source), bytes), SUCCESS : INVALID_VALUE;
}
API cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, uint64_t bytes, void*) {
    LOCKED;
    bool known = isDevice(source, bytes) && isDevice(target, bytes);
    return known ? memcpy(reinterpret_cast<void*>(target), reinterpret_cast<void*>(source), bytes), SUCCESS
                 : INVALID_VALUE;
}
API cuMemsetD8Async(CUdeviceptr target, unsigned char value, uint64_t bytes, void*) {
    LOCKED;
    return isDevice(target, bytes) ? memset(reinterpret_cast<void*>(target), value, bytes), SUCCESS : INVALID_VALUE;
}

API cuModuleLoadData(void** module, const void* image) {
    LOCKED;
    std::string text(static_cast<const char*>(image));
    if (text.rfind(".version 8.0", 0) != 0) {
        return INVALID_IMAGE;
    }
    *module = new std::string(text);
    return SUCCESS;
}
API cuModuleUnload(void* module) {
    delete static_cast<std::string*>(module);
    return SUCCESS;
}
API cuModuleGetFunction(void** function, void* module, const char* name) {
    LOCKED;
    bool has = static_cast<std::string*>(module)->find(std::string(".entry ") + name + "(") != std::string::npos;
    for (HostKernel* kernel = HostKernel::first; has && kernel != nullptr; kernel = kernel->next) {
        if (strcmp(kernel->name, name) == 0) {
            *function = kernel;
            return SUCCESS;
        }
    }
    return NOT_FOUND;
}
API cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned, void*, void** parameters, void** extra) {
    LOCKED;
    if (gridX == 0 || gridY * gridZ * blockY * blockZ != 1 || blockX > 256 || extra != nullptr) {
        return INVALID_VALUE;
    }
    static_cast<HostKernel*>(function)->run(parameters[0], static_cast<int>(gridX * blockX));
    return SUCCESS;
}

API cuStreamCreate(void** stream, unsigned) { return *stream = malloc(1), SUCCESS; }
API cuStreamDestroy_v2(void* stream) { return free(stream), SUCCESS; }
API cuStreamSynchronize(void* stream) { return stream != nullptr ? SUCCESS : INVALID_HANDLE; }

typedef std::chrono::steady_clock::time_point Moment;
API cuEventCreate(void** event, unsigned) { return *event = new Moment(), SUCCESS; }
API cuEventDestroy_v2(void* event) { return delete static_cast<Moment*>(event), SUCCESS; }
API cuEventRecord(void* event, void*) {
    *static_cast<Moment*>(event) = std::chrono::steady_clock::now();
    return SUCCESS;
}
API cuEventSynchronize(void*) { return SUCCESS; }
API cuEventElapsedTime(float* milliseconds, void* from, void* to) {
    *milliseconds = std::chrono::duration<float, std::milli>(*static_cast<Moment*>(to) - *static_cast<Moment*>(from))
                            .count();
    return SUCCESS;
}
