// Methods that are neither a sum nor a merge of deltas; each follows the class of its name in io.mendel.merge.

#include "merge.cuh"

/** Java's maximum and minimum for numbers of which one is not 0: NaN if either is. */
DEVICE float largerOf(float a, float b) { return a != a || a > b ? a : b; }

/** Calls {@code merge(i, x)} for the elements of a thread; x[0] is the base's, or the first input's. */
#define EACH_ELEMENT(BODY)                                                     \
    Share share = shareOf(p.count);                                            \
    if (share.length <= 0) {                                                   \
        return;                                                                \
    }                                                                          \
    float y[WIDTH];                                                            \
    float base[WIDTH];                                                         \
    BODY                                                                       \
    store(p.target, p.rounding, p.storage, share.first, share.length, y)

/** NearSwap: scale is t. */
KERNEL(near_swap, Merge) {
    EACH_ELEMENT({
        float other[WIDTH];
        load<ANY>(p.base, share.first, share.length, base);
        load<ANY>(p.term[0].model, share.first, share.length, other);
        for (int i = 0; i < WIDTH; i++) {
            float distance = floatOf(bitsOf(base[i] - other[i]) & 0x7fffffffu);
            float weight = p.scale / largerOf(distance, 1e-6f);
            weight = weight > 1 ? 1.0f : weight <= 0 ? 0.0f : weight;
            y[i] = weight * other[i] + (1 - weight) * base[i];
        }
    });
}

/** Ram: scale is epsilon, factors are the models'. */
KERNEL(ram, Merge) {
    EACH_ELEMENT({
        float sum[WIDTH];
        float factor[WIDTH];
        int active[WIDTH];
        load<ANY>(p.base, share.first, share.length, base);
        for (int i = 0; i < WIDTH; i++) {
            sum[i] = -0.0f;
            factor[i] = 1;
            active[i] = 0;
        }
        for (int m = 0; m < p.terms; m++) {
            float x[WIDTH];
            load<ANY>(p.term[m].model, share.first, share.length, x);
            for (int i = 0; i < WIDTH; i++) {
                float delta = x[i] - base[i];
                if (!(floatOf(bitsOf(delta) & 0x7fffffffu) <= p.scale)) {
                    sum[i] = sum[i] + delta;
                    active[i]++;
                    factor[i] = p.term[m].factor;
                }
            }
        }
        for (int i = 0; i < WIDTH; i++) {
            float part = active[i] > 1 ? sum[i] / static_cast<float>(active[i]) : sum[i] * factor[i];
            y[i] = base[i] + part;
        }
    });
}

/** Sce and SceFunction: the first term's keep selects by variance (0 selects all), weights are the models'. */
KERNEL(sce, Merge) {
    EACH_ELEMENT({
        double total[WIDTH];
        double squares[WIDTH];
        float sum[WIDTH];
        float elected[WIDTH];
        float divisor[WIDTH];
        load<ANY>(p.base, share.first, share.length, base);
        for (int i = 0; i < WIDTH; i++) {
            total[i] = 0;
            squares[i] = 0;
            sum[i] = -0.0f;
            elected[i] = -0.0f;
            divisor[i] = 0;
        }
        for (int m = 0; m < p.terms; m++) {
            float x[WIDTH];
            load<ANY>(p.term[m].model, share.first, share.length, x);
            for (int i = 0; i < WIDTH; i++) {
                float delta = x[i] - base[i];
                total[i] = total[i] + static_cast<double>(delta);
                sum[i] = sum[i] + delta;
            }
        }
        for (int m = 0; m < p.terms; m++) {
            float x[WIDTH];
            load<ANY>(p.term[m].model, share.first, share.length, x);
            for (int i = 0; i < WIDTH; i++) {
                float delta = x[i] - base[i];
                double deviation = static_cast<double>(delta) - total[i] / static_cast<double>(p.terms);
                squares[i] = squares[i] + deviation * deviation;
                bool disagrees = sum[i] >= 0 ? delta <= 0 : delta >= 0;
                if (!disagrees) {
                    elected[i] = elected[i] + p.term[m].weight * delta;
                    divisor[i] = divisor[i] + p.term[m].weight;
                }
            }
        }
        const Keep& selected = p.term[0].keep;
        for (int i = 0; i < WIDTH; i++) {
            uint32_t variance = magnitude(
                    canonical(static_cast<float>(squares[i] / static_cast<double>(p.terms))));
            bool isSelected = selected.bits == 0
                    || isAmong(variance, share.first + i, selected.bits, selected.cut);
            float mean = divisor[i] == 0 ? elected[i] : elected[i] / divisor[i];
            y[i] = isSelected ? base[i] + mean : base[i];
        }
    });
}

/** ArceeFusion: the table holds the rows' divergences. */
KERNEL(arcee_fusion, Merge) {
    EACH_ELEMENT({
        float other[WIDTH];
        load<ANY>(p.base, share.first, share.length, base);
        load<ANY>(p.term[0].model, share.first, share.length, other);
        int64_t index = p.firstIndex + share.first;
        int64_t line = index / p.row;
        int64_t column = index - line * p.row;
        for (int i = 0; i < share.length; i++) {
            float size = floatOf(bitsOf(other[i] - base[i]) & 0x7fffffffu);
            float importance = size * at<float>(p.table, line);
            y[i] = static_cast<double>(importance) < p.threshold ? base[i] : other[i];
            if (++column == p.row) {
                column = 0;
                line++;
            }
        }
    });
}

/** ConsensusMask: factors are the weights, weights the lambdas, choice is k. */
KERNEL(consensus_mask, Merge) {
    EACH_ELEMENT({
        float sum[WIDTH];
        int relying[WIDTH];
        load<ANY>(p.base, share.first, share.length, base);
        for (int m = 0; m < p.terms; m++) {
            float x[WIDTH];
            load<ANY>(p.term[m].model, share.first, share.length, x);
            for (int i = 0; i < WIDTH; i++) {
                float part = p.term[m].factor * (x[i] - base[i]);
                sum[i] = m == 0 ? part : sum[i] + part;
                relying[i] = 0;
            }
        }
        for (int m = 0; m < p.terms; m++) {
            float x[WIDTH];
            load<ANY>(p.term[m].model, share.first, share.length, x);
            for (int i = 0; i < WIDTH; i++) {
                float delta = x[i] - base[i];
                float rest = sum[i] - delta;
                bool relies = floatOf(bitsOf(delta) & 0x7fffffffu)
                        > p.term[m].weight * floatOf(bitsOf(rest) & 0x7fffffffu);
                relying[i] += relies ? 1 : 0;
            }
        }
        for (int i = 0; i < WIDTH; i++) {
            y[i] = relying[i] >= p.choice ? base[i] + p.scale * sum[i] : base[i];
        }
    });
}

/** MaskedSoup: choice tells whether all inputs must be non-zero; the first term's keep prunes the mean. */
KERNEL(masked_soup, Merge) {
    EACH_ELEMENT({
        bool everywhere[WIDTH];
        for (int m = 0; m < p.terms; m++) {
            float x[WIDTH];
            load<ANY>(p.term[m].model, share.first, share.length, x);
            for (int i = 0; i < WIDTH; i++) {
                float part = p.term[m].factor * x[i];
                base[i] = m == 0 ? part : base[i] + part;
                everywhere[i] = (m == 0 || everywhere[i]) && x[i] != 0;
            }
        }
        for (int i = 0; i < WIDTH; i++) {
            base[i] = p.choice != 0 && !everywhere[i] ? 0.0f : base[i];
        }
        uint32_t mask = kept(p.term[0].keep, share.first, base);
        for (int i = 0; i < WIDTH; i++) {
            y[i] = (mask >> i & 1u) != 0 ? base[i] : 0.0f;
        }
    });
}

/** ColumnNuSlerp: the table holds the columns' factors of the first, then of the second vector; choice: of deltas. */
KERNEL(column_nuslerp, Merge) {
    EACH_ELEMENT({
        float a[WIDTH];
        float b[WIDTH];
        bool deltas = p.choice != 0;
        if (deltas) {
            load<ANY>(p.base, share.first, share.length, base);
        }
        load<ANY>(p.term[0].model, share.first, share.length, a);
        load<ANY>(p.term[1].model, share.first, share.length, b);
        int64_t column = (p.firstIndex + share.first) % p.row;
        for (int i = 0; i < share.length; i++) {
            float first = at<float>(p.table, column);
            float second = at<float>(p.table, p.row + column);
            float sum = deltas ? first * (a[i] - base[i]) + second * (b[i] - base[i]) : first * a[i] + second * b[i];
            y[i] = deltas ? base[i] + sum : sum;
            column = column + 1 == p.row ? 0 : column + 1;
        }
    });
}
