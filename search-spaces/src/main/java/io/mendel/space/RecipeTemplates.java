package io.mendel.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Recipes with a name in the literature, filled in for given models.
 *
 * @since 0.1
 */
public final class RecipeTemplates {

    private static final List<String> OUTER = List.of("embed_tokens", "model.norm", "lm_head");

    private RecipeTemplates() {}

    /**
     * Where a layer of a layer swap comes from.
     *
     * @param layers layers of both experts
     * @param bottom first layers, taken from the outer expert
     * @param top last layers, taken from the outer expert
     * @param bottomTransition layers behind the bottom ones that are averaged
     * @param topTransition layers before the top ones that are averaged
     * @param share the outer expert's share where layers are averaged, 0 to 1
     */
    public record LayerZones(int layers, int bottom, int top, int bottomTransition,
            int topTransition, double share) {

        public LayerZones {
            if (layers < 1 || bottom < 0 || top < 0 || bottomTransition < 0 || topTransition < 0
                    || (long) bottom + top + bottomTransition + topTransition > layers) {
                throw new IllegalArgumentException(
                        "The zones bottom %d + transition %d + transition %d + top %d must not be negative and fit into %d layers."
                                .formatted(bottom, bottomTransition, topTransition, top, layers));
            }
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "The share of the outer expert must be from 0 to 1, not " + share + ".");
            }
        }

        /** The outer expert's share of a layer. */
        public double outerShare(int layer) {
            if (layer < bottom || layer >= layers - top) {
                return 1;
            }
            boolean averaged = layer < bottom + bottomTransition
                    || layer >= layers - top - topTransition;
            return averaged ? share : 0;
        }
    }

    /**
     * Layer swapping: bottom and top layers of one expert around the middle of another.
     *
     * <p>
     * Embedding, final norm and head are the outer expert's, whose layers they adjoin. Bandarkar et al., Layer swapping
     * for zero-shot cross-lingual transfer, 2025, https://arxiv.org/abs/2410.01335
     *
     * @param outer the expert of bottom and top, such as one for a language
     * @param middle the expert of the middle, such as one for mathematics
     * @param zones which layers are whose
     */
    public static Recipe layerSwap(String outer, String middle, LayerZones zones) {
        var slices = new ArrayList<Slice>();
        int from = 0;
        while (from < zones.layers()) {
            double share = zones.outerShare(from);
            int end = from + 1;
            while (end < zones.layers() && zones.outerShare(end) == share) {
                end++;
            }
            boolean adjoins = from == 0 || end == zones.layers();
            slices.add(slice(outer, middle, new LayerRange(from, end), share, adjoins));
            from = end;
        }
        return new Recipe(MergeMethods.LINEAR, null, slices, new TreeMap<>(), null, null, 0);
    }

    private static Slice slice(String outer, String middle, LayerRange range, double share,
            boolean adjoins) {
        var sources = new ArrayList<Source>();
        if (share > 0 || adjoins) {
            sources.add(new Source(outer, range, weight(1, share, adjoins)));
        }
        if (share < 1) {
            sources.add(new Source(middle, range, weight(0, 1 - share, adjoins)));
        }
        return new Slice(sources, null, new TreeMap<>());
    }

    private static SortedMap<String, ParameterValue> weight(double outside, double inside,
            boolean adjoins) {
        return SortedMaps.of("weight",
                adjoins && outside != inside
                        ? filtered(OUTER, outside, inside)
                        : ParameterValue.of(inside));
    }

    private static ParameterValue filtered(List<String> filters, double matching, double others) {
        var rules = new ArrayList<ParameterValue.Rule>();
        filters.forEach(f -> rules.add(new ParameterValue.Rule(f, List.of(matching))));
        rules.add(new ParameterValue.Rule(null, List.of(others)));
        return new ParameterValue(rules);
    }

    /**
     * A domain model that learns to follow instructions by arithmetic: {@code domain + alpha·(instruct − general)}.
     *
     * <p>
     * Huang et al., Chat vector, 2024, https://arxiv.org/abs/2310.04799
     *
     * @param general the model that both others were trained from
     * @param domain continued pre-training of it on a domain or language
     * @param instruct its instruction-tuned sibling
     * @param alpha share of the chat vector
     * @param withoutVocabulary whether embedding and head take no part in the chat vector, as an extended vocabulary
     *            demands
     */
    public static Recipe chatVector(String general, String domain, String instruct, double alpha,
            boolean withoutVocabulary) {
        ParameterValue chat = withoutVocabulary
                ? filtered(List.of("embed_tokens", "lm_head"), 0, alpha)
                : ParameterValue.of(alpha);
        var sources = List.of(
                Source.of(domain, SortedMaps.of("weight", ParameterValue.of(1))),
                Source.of(instruct, SortedMaps.of("weight", chat)));
        return new Recipe(MergeMethods.TASK_ARITHMETIC, general, List.of(Slice.of(sources)),
                new TreeMap<>(), null, null, 0);
    }

    /**
     * Spherical interpolation whose place on the arc varies with depth, differently for attention and MLP.
     *
     * <p>
     * The curves are those of mergekit's example; Lu, Luu, Buehler, Fine-tuning large language models for domain
     * adaptation, 2024, https://arxiv.org/abs/2409.03444, merge a domain model with its general sibling so.
     *
     * @param start the model at t = 0
     * @param end the model at t = 1
     */
    public static Recipe domainSlerp(String start, String end) {
        var t = new ParameterValue(List.of(curve("self_attn", 0, 0.5, 0.3, 0.7, 1),
                curve("mlp", 1, 0.5, 0.7, 0.3, 0), new ParameterValue.Rule(null, List.of(0.5))));
        var sources = List.of(Source.of(start, new TreeMap<>()),
                Source.of(end, new TreeMap<>()));
        return new Recipe(MergeMethods.SLERP, start, List.of(Slice.of(sources)),
                SortedMaps.of("t", t), null, null, 0);
    }

    private static ParameterValue.Rule curve(String filter, double... values) {
        return new ParameterValue.Rule(filter, Arrays.stream(values).boxed().toList());
    }
}
