package io.mendel.campaign;

import io.mendel.benchmark.ItemResult;
import java.util.Arrays;
import java.util.List;

/**
 * What can be measured without right answers: how sure a model is, and how differently it answers.
 *
 * <p>
 * E. Yang et al., <em>AdaMerging: adaptive model merging for multi-task learning</em>, 2024,
 * <a href="https://arxiv.org/abs/2310.02575">arXiv 2310.02575</a>, minimise the entropy of predictions. Alone it is won by
 * a model that is always sure of the same answer, which mutual information is not.
 */
final class Unlabelled {

    private Unlabelled() {}

    /** {@code mean H(p)} in nats, p being the softmax over the choices' log-likelihoods; NaN without choices. */
    static double entropy(List<ItemResult> items) {
        return items.stream()
                .filter(Unlabelled::hasChoices)
                .mapToDouble(item -> entropy(probabilities(item)))
                .average()
                .orElse(Double.NaN);
    }

    /** {@code H(mean p) − mean H(p)} in nats, the choices taken by their places; NaN without choices. */
    static double mutualInformation(List<ItemResult> items) {
        var chosen = items.stream().filter(Unlabelled::hasChoices).toList();
        int most = chosen.stream().mapToInt(item -> item.logLikelihoods().size()).max().orElse(0);
        var mean = new double[most];
        for (ItemResult item : chosen) {
            double[] p = probabilities(item);
            for (int i = 0; i < p.length; i++) {
                mean[i] += p[i] / chosen.size();
            }
        }
        return entropy(mean) - entropy(items);
    }

    private static boolean hasChoices(ItemResult item) {
        return item.logLikelihoods().size() > 1;
    }

    private static double[] probabilities(ItemResult item) {
        double[] x = item.logLikelihoods().stream().mapToDouble(ll -> ll).toArray();
        double most = Arrays.stream(x).max().orElse(0);
        double[] e = Arrays.stream(x).map(ll -> StrictMath.exp(ll - most)).toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e).map(v -> v / sum).toArray();
    }

    private static double entropy(double[] p) {
        return Arrays.stream(p).filter(x -> x > 0).map(x -> -x * StrictMath.log(x)).sum();
    }
}
