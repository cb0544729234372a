#include "sums.cuh"

KERNEL(sum_any, Merge) { weightedSum<ANY, 0>(p); }
