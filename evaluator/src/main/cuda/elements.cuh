// Reads and stores the elements of a thread: eight neighbours, as fp32.
//
// Runs whose address is a multiple of 16 are read and stored 16 bytes at a time; others, and the last elements of a run
// whose length is no multiple of eight, one by one.
#pragma once

#include "platform.cuh"

/** Elements of one thread. */
constexpr int WIDTH = 8;

enum Type { F32 = 0, BF16 = 1, F16 = 2, F64 = 3, ANY = 4 };

/** A run of elements in device memory. */
struct Elements {
    uint64_t address;
    int32_t type;
    int32_t unused;
};

/** The elements of this thread. */
struct Share {
    int first;
    int length;
};

DEVICE Share shareOf(int count) {
    int first = threadNumber() * WIDTH;
    int left = count - first;
    return {first, left < WIDTH ? left : WIDTH};
}

DEVICE float fromBfloat16(uint32_t bits) { return floatOf(bits << 16); }

/** Exact: a subnormal fp16 times 2^112 is a normal fp32. */
DEVICE float fromFloat16(uint32_t bits) {
    uint32_t sign = (bits & 0x8000u) << 16;
    uint32_t magnitude = (bits & 0x7fffu) << 13;
    float value = floatOf(magnitude) * floatOf(0x77800000u);
    bool isFinite = magnitude < 0x0f800000u;
    return floatOf(sign | (isFinite ? bitsOf(value) : magnitude | 0x7f800000u));
}

DEVICE bool isNan(uint32_t bits) { return (bits & 0x7fffffffu) > 0x7f800000u; }

/** To nearest, ties to even; every NaN becomes the same. */
DEVICE uint32_t toBfloat16(float value) {
    uint32_t bits = bitsOf(value);
    uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return isNan(bits) ? 0x7fc0u : rounded;
}

/** To nearest, ties to even; every NaN becomes the same. */
DEVICE uint32_t toFloat16(float value) {
    uint32_t bits = bitsOf(value);
    uint32_t magnitude = bits & 0x7fffffffu;
    uint32_t half;
    if (magnitude > 0x7f800000u) {
        return 0x7e00u;
    } else if (magnitude >= 0x47800000u) {
        half = 0x7c00u;
    } else if (magnitude >= 0x38800000u) {
        half = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
    } else {
        // The unit in the last place of 0.5 is that of the subnormal fp16.
        half = bitsOf(floatOf(magnitude) + 0.5f) - 0x3f000000u;
    }
    return ((bits >> 16) & 0x8000u) | half;
}

DEVICE float canonical(float value) { return isNan(bitsOf(value)) ? floatOf(0x7fc00000u) : value; }

DEVICE bool isAligned(uint64_t address) { return (address & 15u) == 0; }

DEVICE float element(uint64_t address, int type, int64_t index) {
    switch (type) {
    case BF16:
        return fromBfloat16(at<uint16_t>(address, index));
    case F16:
        return fromFloat16(at<uint16_t>(address, index));
    case F64:
        return static_cast<float>(at<double>(address, index));
    default:
        return at<float>(address, index);
    }
}

/** The elements from {@code first} on; those behind {@code length} are 0. */
template <int T>
DEVICE void load(const Elements& run, int first, int length, float* x) {
    const int type = T == ANY ? run.type : T;
    const uint64_t address = run.address;
    if (length == WIDTH && isAligned(address) && type != F64) {
        if (type == F32) {
            const Quad* from = reinterpret_cast<const Quad*>(address + 4ull * first);
            Quad low = from[0];
            Quad high = from[1];
            x[0] = floatOf(low.x);
            x[1] = floatOf(low.y);
            x[2] = floatOf(low.z);
            x[3] = floatOf(low.w);
            x[4] = floatOf(high.x);
            x[5] = floatOf(high.y);
            x[6] = floatOf(high.z);
            x[7] = floatOf(high.w);
        } else {
            Quad quad = *reinterpret_cast<const Quad*>(address + 2ull * first);
            const uint32_t pairs[4] = {quad.x, quad.y, quad.z, quad.w};
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if (type == BF16) {
                    x[2 * i] = floatOf(pairs[i] << 16);
                    x[2 * i + 1] = floatOf(pairs[i] & 0xffff0000u);
                } else {
                    x[2 * i] = fromFloat16(pairs[i] & 0xffffu);
                    x[2 * i + 1] = fromFloat16(pairs[i] >> 16);
                }
            }
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        x[i] = i < length ? element(address, type, static_cast<int64_t>(first) + i) : 0.0f;
    }
}

/**
 * Rounds and stores elements.
 *
 * @param rounding the type they are rounded to
 * @param storage the type they are stored as: the same, or F32
 */
DEVICE void store(uint64_t address, int rounding, int storage, int first, int length, const float* y) {
    if (storage == F32) {
        uint32_t bits[WIDTH];
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            float value = rounding == BF16 ? fromBfloat16(toBfloat16(y[i]))
                    : rounding == F16      ? fromFloat16(toFloat16(y[i]))
                                           : y[i];
            bits[i] = bitsOf(canonical(value));
        }
        uint32_t* target = reinterpret_cast<uint32_t*>(address) + first;
        if (length == WIDTH && isAligned(address)) {
            Quad* quads = reinterpret_cast<Quad*>(target);
            quads[0] = Quad{bits[0], bits[1], bits[2], bits[3]};
            quads[1] = Quad{bits[4], bits[5], bits[6], bits[7]};
            return;
        }
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            if (i < length) {
                target[i] = bits[i];
            }
        }
        return;
    }
    uint32_t bits[WIDTH];
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        bits[i] = rounding == BF16 ? toBfloat16(y[i]) : toFloat16(y[i]);
    }
    uint16_t* target = reinterpret_cast<uint16_t*>(address) + first;
    if (length == WIDTH && isAligned(address)) {
        *reinterpret_cast<Quad*>(target) = Quad{bits[0] | bits[1] << 16, bits[2] | bits[3] << 16,
                                                bits[4] | bits[5] << 16, bits[6] | bits[7] << 16};
        return;
    }
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        if (i < length) {
            target[i] = static_cast<uint16_t>(bits[i]);
        }
    }
}
