#include "sums.cuh"

SUMS(f32, F32)
