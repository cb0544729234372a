#include "deltas.cuh"

DELTAS(bf16, BF16)
