// Which elements of a delta survive; see io.mendel.merge.Keep.
#pragma once

#include "elements.cuh"

enum KeepKind { KEEP_ALL = 0, KEEP_LARGEST = 1, KEEP_BAND = 2, KEEP_RANDOM = 3, KEEP_LISTED = 4 };

struct Keep {
    int32_t kind;
    /** Smallest magnitude that survives; of the elements with it, those before the cut (counted in the run) do. */
    uint32_t bits;
    int32_t cut;
    /** The same for the very largest, which a band drops. */
    uint32_t droppedBits;
    int32_t droppedCut;
    int32_t unused;
    /** Random: state of the run's first draw, and what a draw must be below, both in 64 bits. */
    uint64_t state;
    uint64_t limit;
    /** Listed: address of the bits, how many bytes there are, and the bit of the run's first element. */
    uint64_t list;
    int64_t listBytes;
    int64_t listFirst;
};

constexpr uint64_t GAMMA = 0x9E3779B97F4A7C15ull;

DEVICE uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    return (z ^ (z >> 27)) * 0x94D049BB133111EBull;
}

/** Whether a draw is below the limit. The upper halves nearly always tell. */
DEVICE bool isDrawn(uint64_t state, uint64_t limit) {
    uint64_t z = mixed(state);
    uint32_t upper = static_cast<uint32_t>(z >> 32);
    upper ^= upper >> 31;
    uint32_t upperLimit = static_cast<uint32_t>(limit >> 32);
    if (upper == upperLimit) {
        return (z ^ (z >> 31)) < limit;
    }
    return upper < upperLimit;
}

/** The order of magnitudes; a difference is never a signalling NaN, so that all NaN are at least the canonical one. */
DEVICE uint32_t magnitude(float delta) {
    uint32_t bits = bitsOf(delta) & 0x7fffffffu;
    return bits > 0x7fc00000u ? 0x7fc00000u : bits;
}

DEVICE bool isAmong(uint32_t size, int index, uint32_t bits, int cut) {
    return size > bits || (size == bits && index < cut);
}

/** Bit i is set if element {@code first + i} survives, for eight elements. */
DEVICE uint32_t listed(const Keep& keep, int first) {
    int64_t bit = keep.listFirst + first;
    int64_t byte = bit >> 3;
    int shift = static_cast<int>(bit & 7);
    uint32_t low = byte < keep.listBytes ? at<uint8_t>(keep.list, byte) : 0u;
    if (shift == 0) {
        return low;
    }
    uint32_t high = byte + 1 < keep.listBytes ? at<uint8_t>(keep.list, byte + 1) : 0u;
    return (low | high << 8) >> shift & 0xffu;
}

/** Bit i is set if element {@code first + i} survives. */
DEVICE uint32_t kept(const Keep& keep, int first, const float* delta) {
    uint32_t mask = 0;
    switch (keep.kind) {
    case KEEP_LARGEST:
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            mask |= isAmong(magnitude(delta[i]), first + i, keep.bits, keep.cut) ? 1u << i : 0u;
        }
        return mask;
    case KEEP_BAND:
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            uint32_t size = magnitude(delta[i]);
            bool survives = isAmong(size, first + i, keep.bits, keep.cut)
                    && !isAmong(size, first + i, keep.droppedBits, keep.droppedCut);
            mask |= survives ? 1u << i : 0u;
        }
        return mask;
    case KEEP_RANDOM: {
        uint64_t state = keep.state + static_cast<uint64_t>(first) * GAMMA;
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            mask |= isDrawn(state, keep.limit) ? 1u << i : 0u;
            state += GAMMA;
        }
        return mask;
    }
    case KEEP_LISTED:
        return listed(keep, first);
    default:
        return 0xffu;
    }
}
