// What the kernels need of their platform: CUDA, or plain C++ that runs blocks and threads as loops.
//
// Both compile the same kernels. Arithmetic is IEEE 754 on both: nvcc gets -fmad=false and keeps subnormal numbers,
// g++ gets -ffp-contract=off. Kernels use no shared memory and no barriers, so that a thread is just a call.
#pragma once

#include <stdint.h>

#ifdef __CUDACC__

#define DEVICE __device__ __forceinline__

/** A kernel: a name, and a structure of parameters that is passed by value. */
#define KERNEL(name, Parameters) \
    extern "C" __global__ void __launch_bounds__(256) name(const __grid_constant__ Parameters p)

DEVICE int threadNumber() { return blockIdx.x * blockDim.x + threadIdx.x; }

DEVICE uint32_t bitsOf(float value) { return __float_as_uint(value); }

DEVICE float floatOf(uint32_t bits) { return __uint_as_float(bits); }

DEVICE void add(uint64_t* place, uint64_t value) {
    atomicAdd(reinterpret_cast<unsigned long long*>(place), static_cast<unsigned long long>(value));
}

typedef uint4 Quad;

#else

#include <string.h>

#define DEVICE static inline

/** The number of the thread that a loop is running. */
static thread_local int currentThread;

/** Kernels by name; each adds itself before the library is used. */
struct HostKernel {
    const char* name;
    void (*run)(const void* parameters, int threads);
    HostKernel* next;
    static HostKernel* first;

    HostKernel(const char* name, void (*run)(const void*, int)) : name(name), run(run), next(first) {
        first = this;
    }
};

#define KERNEL(name, Parameters)                                              \
    static void name(const Parameters& p);                                    \
    static void name##_loop(const void* parameters, int threads) {             \
        for (currentThread = 0; currentThread < threads; currentThread++) {   \
            name(*static_cast<const Parameters*>(parameters));                \
        }                                                                     \
    }                                                                         \
    static HostKernel name##_entry(#name, name##_loop);                         \
    static void name(const Parameters& p)

DEVICE int threadNumber() { return currentThread; }

DEVICE uint32_t bitsOf(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

DEVICE float floatOf(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

DEVICE void add(uint64_t* place, uint64_t value) { *place += value; }

struct alignas(16) Quad {
    uint32_t x, y, z, w;
};

#endif

template <typename T>
DEVICE T at(uint64_t address, int64_t index) {
    return reinterpret_cast<const T*>(address)[index];
}
