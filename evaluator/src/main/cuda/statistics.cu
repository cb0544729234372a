// Statistics of parents. Sums are fp64, in the order of the scalar engine: runs of 4096 elements, in each of them element
// i goes to sum i mod 8, and the eight sums are added in order. The host adds the runs in order. Counts are integers.

#include "keep.cuh"

constexpr int RUN = 4096;
constexpr int LOWER = 15;

struct Products {
    uint64_t output;
    int32_t count;
    int32_t inputs;
    /** 1 for the products of the deltas from input 0. */
    int32_t deltas;
    int32_t columns;
    Elements input[33];
};

/** Inner products of all pairs of inputs; a thread takes one run of one pair. */
KERNEL(products, Products) {
    int run = threadNumber() / p.columns;
    int column = threadNumber() - run * p.columns;
    int runs = (p.count + RUN - 1) / RUN;
    if (run >= runs) {
        return;
    }
    int i = p.deltas;
    int rest = column;
    while (rest >= p.inputs - i) {
        rest -= p.inputs - i;
        i++;
    }
    int j = i + rest;
    double sums[WIDTH] = {0, 0, 0, 0, 0, 0, 0, 0};
    int end = p.count - run * RUN < RUN ? p.count : (run + 1) * RUN;
    for (int first = run * RUN; first < end; first += WIDTH) {
        int length = end - first < WIDTH ? end - first : WIDTH;
        float a[WIDTH];
        float b[WIDTH];
        load<ANY>(p.input[i], first, length, a);
        load<ANY>(p.input[j], first, length, b);
        if (p.deltas != 0) {
            float origin[WIDTH];
            load<ANY>(p.input[0], first, length, origin);
#pragma unroll
            for (int lane = 0; lane < WIDTH; lane++) {
                a[lane] = a[lane] - origin[lane];
                b[lane] = b[lane] - origin[lane];
            }
        }
#pragma unroll
        for (int lane = 0; lane < WIDTH; lane++) {
            if (lane < length) {
                sums[lane] = sums[lane] + static_cast<double>(a[lane]) * static_cast<double>(b[lane]);
            }
        }
    }
    double total = 0;
#pragma unroll
    for (int lane = 0; lane < WIDTH; lane++) {
        total = total + sums[lane];
    }
    reinterpret_cast<double*>(p.output)[static_cast<int64_t>(column) * runs + run] = total;
}

struct Norms {
    uint64_t output;
    int32_t count;
    int32_t unused;
    Elements base;
    Elements model;
    Keep keep;
};

DEVICE double sizeOf(float delta) {
    double wide = static_cast<double>(delta);
    return wide < 0 ? -wide : wide == 0 ? 0.0 : wide;
}

/** The L1 norm of what is kept of each run; a thread takes one. */
KERNEL(norms, Norms) {
    int run = threadNumber();
    if (run >= (p.count + RUN - 1) / RUN) {
        return;
    }
    double sums[WIDTH] = {0, 0, 0, 0, 0, 0, 0, 0};
    int end = p.count - run * RUN < RUN ? p.count : (run + 1) * RUN;
    for (int first = run * RUN; first < end; first += WIDTH) {
        int length = end - first < WIDTH ? end - first : WIDTH;
        float base[WIDTH];
        float delta[WIDTH];
        load<ANY>(p.base, first, length, base);
        load<ANY>(p.model, first, length, delta);
#pragma unroll
        for (int lane = 0; lane < WIDTH; lane++) {
            delta[lane] = delta[lane] - base[lane];
        }
        uint32_t mask = kept(p.keep, first, delta);
#pragma unroll
        for (int lane = 0; lane < WIDTH; lane++) {
            if (lane < length && (mask >> lane & 1u) != 0) {
                sums[lane] = sums[lane] + sizeOf(delta[lane]);
            }
        }
    }
    double total = 0;
#pragma unroll
    for (int lane = 0; lane < WIDTH; lane++) {
        total = total + sums[lane];
    }
    reinterpret_cast<double*>(p.output)[run] = total;
}

/** The squares, or the largest magnitude, of each run: of all elements, then of those that are kept. One sum each. */
template <bool LARGEST>
DEVICE void keptNorms(const Norms& p) {
    int run = threadNumber();
    int runs = (p.count + RUN - 1) / RUN;
    if (run >= runs) {
        return;
    }
    double all = 0;
    double some = 0;
    int end = p.count - run * RUN < RUN ? p.count : (run + 1) * RUN;
    for (int first = run * RUN; first < end; first += WIDTH) {
        int length = end - first < WIDTH ? end - first : WIDTH;
        float base[WIDTH];
        float delta[WIDTH];
        load<ANY>(p.base, first, length, base);
        load<ANY>(p.model, first, length, delta);
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            delta[i] = delta[i] - base[i];
        }
        uint32_t mask = kept(p.keep, first, delta);
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            if (i < length) {
                double wide = static_cast<double>(delta[i]);
                double size = LARGEST ? sizeOf(delta[i]) : wide * wide;
                bool isKept = (mask >> i & 1u) != 0;
                if (LARGEST) {
                    all = size > all || size != size ? size : all;
                    some = isKept && (size > some || size != size) ? size : some;
                } else {
                    all = all + size;
                    some = isKept ? some + size : some;
                }
            }
        }
    }
    reinterpret_cast<double*>(p.output)[run] = all;
    reinterpret_cast<double*>(p.output)[runs + run] = some;
}

KERNEL(kept_squares, Norms) { keptNorms<false>(p); }
KERNEL(kept_largest, Norms) { keptNorms<true>(p); }

struct Histogram {
    /** Counts, then sums of the bits below the cell, of each cell. */
    uint64_t counts;
    uint64_t lowSums;
    /** The slot of each cell of the level above, or -1. */
    uint64_t upperSlots;
    uint64_t middleSlots;
    /** Which of the cells of the last level are watched for ties: their number, or -1. */
    uint64_t watched;
    int64_t firstIndex;
    int32_t count;
    int32_t level;
    int32_t pieces;
    int32_t pieceShift;
    Elements base;
    Elements model;
};

/** The cell of a magnitude on a level: the upper 16 bits, then 8, then 7 inside of a slot; -1 if it is in no slot. */
DEVICE int cellOf(const Histogram& p, uint32_t bits, int level) {
    int upper = static_cast<int>(bits >> LOWER);
    if (level == 0) {
        return upper;
    }
    int slot = at<int32_t>(p.upperSlots, upper);
    if (slot < 0) {
        return -1;
    }
    int middle = slot << 8 | static_cast<int>(bits >> 7 & 0xffu);
    if (level == 1) {
        return middle;
    }
    slot = at<int32_t>(p.middleSlots, middle);
    return slot < 0 ? -1 : slot << 7 | static_cast<int>(bits & 0x7fu);
}

/** The magnitudes of the deltas of this thread, and how many they are. */
DEVICE int magnitudes(const Histogram& p, uint32_t* bits, int& first) {
    Share share = shareOf(p.count);
    first = share.first;
    if (share.length <= 0) {
        return 0;
    }
    float base[WIDTH];
    float model[WIDTH];
    load<ANY>(p.base, share.first, share.length, base);
    load<ANY>(p.model, share.first, share.length, model);
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        bits[i] = magnitude(model[i] - base[i]);
    }
    return share.length;
}

/** Counts magnitudes; neighbours in the same cell are added at once. */
KERNEL(histogram, Histogram) {
    uint32_t bits[WIDTH];
    int first;
    int length = magnitudes(p, bits, first);
    uint32_t mask = p.level == 0 ? 0x7fffu : p.level == 1 ? 0x7fu : 0u;
    int cell = -1;
    uint64_t count = 0;
    uint64_t low = 0;
    for (int i = 0; i <= length; i++) {
        int next = i < length ? cellOf(p, bits[i], p.level) : -1;
        if (next != cell) {
            if (cell >= 0) {
                add(reinterpret_cast<uint64_t*>(p.counts) + cell, count);
                if (low > 0) {
                    add(reinterpret_cast<uint64_t*>(p.lowSums) + cell, low);
                }
            }
            cell = next;
            count = 0;
            low = 0;
        }
        if (i < length) {
            count++;
            low += bits[i] & mask;
        }
    }
}

/** Counts, for each watched magnitude, how often it occurs in each piece of the tensor. */
KERNEL(tie_counts, Histogram) {
    uint32_t bits[WIDTH];
    int first;
    int length = magnitudes(p, bits, first);
    for (int i = 0; i < length; i++) {
        int cell = cellOf(p, bits[i], 2);
        int number = cell < 0 ? -1 : at<int32_t>(p.watched, cell);
        if (number >= 0) {
            int64_t piece = (p.firstIndex + first + i) >> p.pieceShift;
            add(reinterpret_cast<uint64_t*>(p.counts) + static_cast<int64_t>(number) * p.pieces + piece, 1);
        }
    }
}

struct Draw {
    uint64_t output;
    int32_t count;
    int32_t unused;
    Keep keep;
};

/** Draws a random mask as bits, a byte for each thread. */
KERNEL(draw, Draw) {
    Share share = shareOf(p.count);
    if (share.length <= 0) {
        return;
    }
    const float zeros[WIDTH] = {0, 0, 0, 0, 0, 0, 0, 0};
    uint32_t mask = kept(p.keep, share.first, zeros) & (0xffu >> (WIDTH - share.length));
    reinterpret_cast<uint8_t*>(p.output)[share.first / WIDTH] = static_cast<uint8_t>(mask);
}
