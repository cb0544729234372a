package io.mendel.campaign;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import io.mendel.merge.Parents;
import io.mendel.merge.vocabulary.SharedVocabulary;
import io.mendel.results.CampaignInfo;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The opened base and parents, checked to be mergeable with each other: one shape, one vocabulary, finite weights.
 *
 * <p>
 * The caller closes them, which unmaps the weights.
 *
 * @since 0.1
 */
public final class ParentModels implements AutoCloseable {

    /** What may differ between models that are merged all the same. */
    private static final Set<String> HARMLESS = Set.of("architecture", "maxPositions", "bosToken",
            "eosTokens");

    private final Map<String, Checkpoint> checkpoints;
    private final DecoderConfig config;

    private ParentModels(Map<String, Checkpoint> checkpoints, DecoderConfig config) {
        this.checkpoints = checkpoints;
        this.config = config;
    }

    /**
     * Opens and checks models.
     *
     * @param names the models as a recipe or campaign spells them, the donor of configuration and tokenizer first
     * @param paths where each model is
     * @throws CheckpointException if one of them cannot be used at all
     * @throws CampaignException if they do not fit together
     */
    public static ParentModels open(Collection<String> names, Function<String, Path> paths)
            throws CheckpointException, CampaignException {
        var checkpoints = new LinkedHashMap<String, Checkpoint>();
        try {
            DecoderConfig first = null;
            for (String name : names) {
                Checkpoint checkpoint = Parents.open(name, paths, null);
                checkpoints.put(name, checkpoint);
                DecoderConfig config = DecoderConfig.of(checkpoint);
                WeightLayout.verify(checkpoint, config);
                checkpoint.requireFinite();
                if (first == null) {
                    first = config;
                } else {
                    requireSame(checkpoints.firstEntry().getKey(), first, name, config);
                }
            }
            requireSameVocabulary(checkpoints);
            return new ParentModels(Collections.unmodifiableMap(checkpoints),
                    Objects.requireNonNull(first, "no model"));
        } catch (CheckpointException | CampaignException e) {
            checkpoints.values().forEach(Checkpoint::close);
            throw e;
        }
    }

    private static void requireSame(String firstName, DecoderConfig first, String name,
            DecoderConfig config)
            throws CampaignException {
        for (RecordComponent component : DecoderConfig.class.getRecordComponents()) {
            if (HARMLESS.contains(component.getName())) {
                continue;
            }
            @Nullable
            Object expected = value(component, first);
            @Nullable
            Object found = value(component, config);
            if (!Objects.equals(expected, found)) {
                throw new CampaignException(name,
                        "its %s is %s, that of %s is %s.".formatted(component.getName(),
                                brief(found), firstName,
                                brief(expected)),
                        "Only models of one shape can be merged: choose fine-tunes of one base.");
            }
        }
    }

    private static @Nullable Object value(RecordComponent component, DecoderConfig config) {
        try {
            return component.getAccessor().invoke(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A public record can always be read.", e);
        }
    }

    private static String brief(@Nullable Object value) {
        String text = value == null ? "none" : value.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "…";
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
