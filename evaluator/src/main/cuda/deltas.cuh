// y = base + scale · consensus(v1, v2, …) with v = (x - base) · factor where the delta is kept; a dropped one is -0.

#pragma once

#include "merge.cuh"

enum Consensus { SUM = 0, ELECTED_SUM = 1, ELECTED_MEAN = 2 };

/** Turns a parent's elements into weighted deltas. */
DEVICE void weigh(const Term& term, int first, const float* base, float* x) {
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        x[i] = x[i] - base[i];
    }
    uint32_t mask = kept(term.keep, first, x);
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        x[i] = (mask >> i & 1u) != 0 ? x[i] * term.factor : -0.0f;
    }
}

/** Adds a weighted delta that has the elected sign; zeros agree with no sign, NaN with both. */
DEVICE void elect(float v, float weight, bool positive, float& sum, float& divisor) {
    bool disagrees = positive ? v <= 0 : v >= 0;
    if (!disagrees) {
        sum = sum + v;
        divisor = divisor + weight;
    }
}

/** K parents, or any number, which are then read twice, if K is 0. */
template <int T, int K>
DEVICE void mergeDeltas(const Merge& p) {
    Share share = shareOf(p.count);
    if (share.length <= 0) {
        return;
    }
    float base[WIDTH];
    float sum[WIDTH];
    float v[K > 0 ? K : 1][WIDTH];
    load<T>(p.base, share.first, share.length, base);
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        sum[i] = -0.0f;
    }
    if (K > 0) {
#pragma unroll
        for (int m = 0; m < K; m++) {
            load<T>(p.term[m].model, share.first, share.length, v[m]);
        }
#pragma unroll
        for (int m = 0; m < K; m++) {
            weigh(p.term[m], share.first, base, v[m]);
#pragma unroll
            for (int i = 0; i < WIDTH; i++) {
                sum[i] = sum[i] + v[m][i];
            }
        }
    } else {
        for (int m = 0; m < p.terms; m++) {
            load<T>(p.term[m].model, share.first, share.length, v[0]);
            weigh(p.term[m], share.first, base, v[0]);
#pragma unroll
            for (int i = 0; i < WIDTH; i++) {
                sum[i] = sum[i] + v[0][i];
            }
        }
    }
    if (p.choice != SUM) {
        float elected[WIDTH];
        float divisor[WIDTH];
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            elected[i] = -0.0f;
            divisor[i] = 0.0f;
        }
        if (K > 0) {
#pragma unroll
            for (int m = 0; m < K; m++) {
#pragma unroll
                for (int i = 0; i < WIDTH; i++) {
                    elect(v[m][i], p.term[m].weight, sum[i] >= 0, elected[i], divisor[i]);
                }
            }
        } else {
            for (int m = 0; m < p.terms; m++) {
                load<T>(p.term[m].model, share.first, share.length, v[0]);
                weigh(p.term[m], share.first, base, v[0]);
#pragma unroll
                for (int i = 0; i < WIDTH; i++) {
                    elect(v[0][i], p.term[m].weight, sum[i] >= 0, elected[i], divisor[i]);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            sum[i] = p.choice == ELECTED_MEAN && divisor[i] != 0 ? elected[i] / divisor[i] : elected[i];
        }
    }
    float y[WIDTH];
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        y[i] = base[i] + p.scale * sum[i];
    }
    store(p.target, p.rounding, p.storage, share.first, share.length, y);
}

/** The kernels of one type; a module for each, because the driver compiles a module as a whole. */
#define DELTAS(type, T) \
    KERNEL(deltas_##type##_1, Merge) { mergeDeltas<T, 1>(p); } \
    KERNEL(deltas_##type##_2, Merge) { mergeDeltas<T, 2>(p); } \
    KERNEL(deltas_##type##_3, Merge) { mergeDeltas<T, 3>(p); } \
    KERNEL(deltas_##type##_4, Merge) { mergeDeltas<T, 4>(p); }
