package io.mendel.merge;

import io.mendel.merge.RankSelection.Rank;
import java.util.ArrayList;
import java.util.List;

/** The scores of the released code, see {@link CompetitionScore}. */
@SuppressWarnings("ArrayRecordComponent")
record ClippedCompetition(float[] low, float[] high,
        boolean pairwise) implements CompetitionScore {

    static ClippedCompetition of(GlobalInputs inputs, int models, double clip, boolean pairwise) {
        List<Rank> ranks = new ArrayList<>();
        for (int m = 0; m < models; m++) {
            for (long rank : CompetitionScore.clipRanks(inputs.elements(), clip)) {
                ranks.add(new Rank(m, rank));
            }
        }
        var found = RankSelection.select(inputs, (tensor, pass) -> inputs.tensor(tensor)
                .forEachBlock(1, (runs, count, first) -> {
                    int[] keys = new int[count];
                    for (int m = 0; m < models; m++) {
                        for (int i = 0; i < count; i++) {
                            keys[i] = FloatOrder.key(Math.abs(runs[m + 1][i] - runs[0][i]));
                        }
                        pass.block(m, keys, count);
                    }
                }), models, ranks);
        float[] low = new float[models];
        float[] high = new float[models];
        for (int m = 0; m < models; m++) {
            low[m] = found.get(2 * m).value();
            high[m] = found.get(2 * m + 1).value();
        }
        return new ClippedCompetition(low, high, pairwise);
    }

    @Override
    public void beta(float[] delta, float[] beta) {
        int n = delta.length;
        double sum = 0;
        for (float value : delta) {
            sum += value;
        }
        for (int t = 0; t < n; t++) {
            double own = normalised(t, delta[t]);
            double inter = 0;
            if (pairwise) {
                for (int u = 0; u < n; u++) {
                    inter += StrictMath.tanh(own * normalised(u, delta[u]));
                }
            } else {
                inter = StrictMath.tanh(delta[t] * sum);
            }
            beta[t] = (float) (StrictMath.exp(n * (own * own - 1)) * inter);
        }
    }

    /** {@code ν}, whose square is {@code mm(a)²}. */
    private double normalised(int model, float delta) {
        double size = CompetitionScore.scaled(Math.abs(clipped(model, delta)), low[model],
                high[model]);
        return Math.signum(delta) * size;
    }

    @Override
    public double clipped(int model, float delta) {
        double size = Math.min(Math.max(Math.abs(delta), low[model]), high[model]);
        return Math.signum(delta) * size;
    }
}
