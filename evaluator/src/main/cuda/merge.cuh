// What all merging kernels are told.
#pragma once

#include "keep.cuh"

/** Most inputs of a launch besides the base; kernel parameters are limited to 4 KiB. */
constexpr int MOST_TERMS = 32;

/** A parent's part. */
struct Term {
    Elements model;
    Keep keep;
    float factor;
    float weight;
};

struct Merge {
    uint64_t target;
    /** Numbers for each row or column, where a method has them. */
    uint64_t table;
    int64_t firstIndex;
    int64_t row;
    double threshold;
    int32_t count;
    int32_t terms;
    int32_t rounding;
    int32_t storage;
    /** Consensus, or another whole number of the method. */
    int32_t choice;
    float scale;
    Elements base;
    Term term[MOST_TERMS];
};

static_assert(sizeof(Elements) == 16 && sizeof(Keep) == 64 && sizeof(Term) == 88, "as written by the host");
static_assert(sizeof(Merge) == 80 + 88 * MOST_TERMS && sizeof(Merge) <= 4096, "as written by the host");
