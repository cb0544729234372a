// All kernels as a plain library: what a test without a GPU compares with the scalar engine.

#include "sums_bf16.cu"
#include "sums_f16.cu"
#include "sums_f32.cu"
#include "sums_any.cu"
#include "deltas_bf16.cu"
#include "deltas_f16.cu"
#include "deltas_f32.cu"
#include "deltas_any.cu"
#include "methods.cu"
#include "statistics.cu"

HostKernel* HostKernel::first = nullptr;

/** Runs a kernel; 0 if there is none of this name. */
extern "C" int mendel_launch(const char* name, int threads, const void* parameters) {
    for (HostKernel* kernel = HostKernel::first; kernel != nullptr; kernel = kernel->next) {
        if (strcmp(kernel->name, name) == 0) {
            kernel->run(parameters, threads);
            return 1;
        }
    }
    return 0;
}

extern "C" float mendel_from_float16(int bits) { return fromFloat16(static_cast<uint32_t>(bits)); }

extern "C" int mendel_to_float16(float value) { return static_cast<int>(toFloat16(value)); }

extern "C" int mendel_to_bfloat16(float value) { return static_cast<int>(toBfloat16(value)); }
