#include "deltas.cuh"

DELTAS(f32, F32)
