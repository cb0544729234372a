#include "deltas.cuh"

DELTAS(f16, F16)
