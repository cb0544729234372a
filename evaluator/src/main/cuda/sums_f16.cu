#include "sums.cuh"

SUMS(f16, F16)
