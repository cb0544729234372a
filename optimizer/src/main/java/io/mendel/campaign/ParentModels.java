package io.mendel.campaign;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import io.mendel.merge.MergePlan;
import io.mendel.merge.Parents;
import io.mendel.merge.vocabulary.SharedVocabulary;
import io.mendel.results.CampaignInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The opened base and parents, checked to be mergeable with each other: one shape, one vocabulary, finite weights.
 *
 * <p>
 * The caller closes them, which unmaps the weights.
 *
 * @since 0.1
 */
public final class ParentModels implements AutoCloseable {

    private final Map<String, Checkpoint> checkpoints;
    private final Map<String, DecoderConfig> configs;
    private final DecoderConfig config;
    private final DecoderConfig deepest;

    private ParentModels(Map<String, Checkpoint> checkpoints, Map<String, DecoderConfig> configs) {
        this.checkpoints = checkpoints;
        this.configs = configs;
        this.config = configs.values().iterator().next();
        this.deepest = configs.values()
                .stream()
                .max(Comparator.comparingInt(DecoderConfig::layers))
                .orElseThrow();
    }

    /** Which models fit together. */
    public enum Fit {
        /** Those of one shape. */
        SAME_DEPTH,
        /** Those of one shape but for the number of layers. */
        ANY_DEPTH
    }

    /**
     * Opens and checks models of one shape.
     *
     * @param names the models as a recipe or campaign spells them, the donor of configuration and tokenizer first
     * @param paths where each model is
     * @throws CheckpointException if one of them cannot be used at all
     * @throws CampaignException if they do not fit together
     */
    public static ParentModels open(Collection<String> names, Function<String, Path> paths)
            throws CheckpointException, CampaignException {
        return open(names, paths, Fit.SAME_DEPTH);
    }

    /**
     * Opens and checks models.
     *
     * @param names the models as a recipe or campaign spells them, the donor of configuration and tokenizer first
     * @param paths where each model is
     * @param fit which models fit together
     * @throws CheckpointException if one of them cannot be used at all
     * @throws CampaignException if they do not fit together
     */
    public static ParentModels open(Collection<String> names, Function<String, Path> paths, Fit fit)
            throws CheckpointException, CampaignException {
        var configs = new LinkedHashMap<String, DecoderConfig>();
        var checkpoints = new LinkedHashMap<String, Checkpoint>();
        try {
            for (String name : names) {
                Checkpoint checkpoint = Parents.open(name, paths, null);
                checkpoints.put(name, checkpoint);
                DecoderConfig config = DecoderConfig.of(checkpoint);
                WeightLayout.verify(checkpoint, config);
                checkpoint.requireFinite();
                configs.put(name, config);
                requireFit(configs.firstEntry(), name, config, fit);
            }
            requireSameVocabulary(checkpoints);
            return new ParentModels(Collections.unmodifiableMap(checkpoints), configs);
        } catch (CheckpointException | CampaignException e) {
            checkpoints.values().forEach(Checkpoint::close);
            throw e;
        }
    }

    private static void requireFit(Map.Entry<String, DecoderConfig> first, String name,
            DecoderConfig config, Fit fit) throws CampaignException {
        if (fit == Fit.SAME_DEPTH) {
            requireSame(first.getKey(), first.getValue(), name, config);
            return;
        }
        var common = IntStream.range(0, Math.min(first.getValue().layers(), config.layers()))
                .boxed()
                .toList();
        requireSame(first.getKey(), first.getValue().withLayers(common), name,
                config.withLayers(common));
    }

    private static void requireSame(String firstName, DecoderConfig first, String name,
            DecoderConfig config)
            throws CampaignException {
        ShapeDifference difference = ShapeDifference.between(first, config);
        if (difference != null) {
            throw new CampaignException(name,
                    "its %s is %s, that of %s is %s.".formatted(difference.property(),
                            difference.second(), firstName, difference.first()),
                    "Only models of one shape can be merged: choose fine-tunes of one base.");
        }
    }

    private static void requireSameVocabulary(Map<String, Checkpoint> checkpoints)
            throws CheckpointException, CampaignException {
        String difference = SharedVocabulary.difference(checkpoints);
        if (difference != null) {
            throw new CampaignException(String.join(", ", checkpoints.keySet()), difference,
                    "The same id must mean the same token: give each model the base's vocabulary first, "
                            + "by 'mendel merge' of it alone with tokenizer_source: BASE.");
        }
    }

    /** The models by name, in the order given. */
    public Map<String, Checkpoint> checkpoints() {
        return checkpoints;
    }

    /** The shape they share; details that may differ are the first model's. */
    public DecoderConfig config() {
        return config;
    }

    /** The shape of a candidate, whose layers may be others than those of the parents. */
    DecoderConfig config(MergePlan plan) {
        return deepest.withLayers(plan.layers());
    }

    /** Whether all models have the same number of layers. */
    boolean isOneDepth() {
        return configs.values().stream().map(DecoderConfig::layers).distinct().count() == 1;
    }

    /** Number of layers of a model. */
    int layers(String name) {
        return Objects.requireNonNull(configs.get(name), name).layers();
    }

    /** The first model's folder, whose tokenizer every candidate uses. */
    public Path donor() {
        return checkpoints.values().iterator().next().directory();
    }

    /** Names of the tensors outside the layers, without {@code .weight}: they are filters of the search space. */
    List<String> outerTensors() {
        return Stream
                .concat(WeightLayout.embedding(config).stream(), WeightLayout.head(config).stream())
                .map(weight -> weight.name().replaceAll("\\.weight$", ""))
                .distinct()
                .sorted()
                .toList();
    }

    /** Names and content digests; reads all weights once. */
    List<CampaignInfo.Parent> digests() {
        var digests = new ArrayList<CampaignInfo.Parent>();
        checkpoints.forEach((name, checkpoint) -> digests
                .add(new CampaignInfo.Parent(name, checkpoint.digest())));
        return digests;
    }

    @Override
    public void close() {
        checkpoints.values().forEach(Checkpoint::close);
    }
}
