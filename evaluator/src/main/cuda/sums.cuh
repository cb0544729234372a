// y = c0·x0 + c1·x1 + …, from left to right, every operation rounded on its own.

#pragma once

#include "merge.cuh"

/** K inputs, or any number if K is 0. */
template <int T, int K>
DEVICE void weightedSum(const Merge& p) {
    Share share = shareOf(p.count);
    if (share.length <= 0) {
        return;
    }
    float y[WIDTH];
    if (K > 0) {
        float x[K > 0 ? K : 1][WIDTH];
#pragma unroll
        for (int m = 0; m < K; m++) {
            load<T>(p.term[m].model, share.first, share.length, x[m]);
        }
#pragma unroll
        for (int m = 0; m < K; m++) {
#pragma unroll
            for (int i = 0; i < WIDTH; i++) {
                float product = p.term[m].factor * x[m][i];
                y[i] = m == 0 ? product : y[i] + product;
            }
        }
    } else {
        for (int m = 0; m < p.terms; m++) {
            float x[WIDTH];
            load<T>(p.term[m].model, share.first, share.length, x);
#pragma unroll
            for (int i = 0; i < WIDTH; i++) {
                float product = p.term[m].factor * x[i];
                y[i] = m == 0 ? product : y[i] + product;
            }
        }
    }
    store(p.target, p.rounding, p.storage, share.first, share.length, y);
}

/** The kernels of one type; a module for each, because the driver compiles a module as a whole. */
#define SUMS(type, T) \
    KERNEL(sum_##type##_1, Merge) { weightedSum<T, 1>(p); } \
    KERNEL(sum_##type##_2, Merge) { weightedSum<T, 2>(p); } \
    KERNEL(sum_##type##_3, Merge) { weightedSum<T, 3>(p); } \
    KERNEL(sum_##type##_4, Merge) { weightedSum<T, 4>(p); }
