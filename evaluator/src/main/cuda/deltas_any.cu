#include "deltas.cuh"

KERNEL(deltas_any, Merge) { mergeDeltas<ANY, 0>(p); }
