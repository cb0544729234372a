#include "sums.cuh"

SUMS(bf16, BF16)
