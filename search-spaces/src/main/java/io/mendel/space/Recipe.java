package io.mendel.space;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The complete, immutable description of a model: a path of layers and the merge expression of each.
 *
 * <p>
 * Its identity is the SHA-256 of its canonical JSON: equal recipes have equal digests whatever the order of keys or the
 * file they came from.
 *
 * @param method how tensors are combined
 * @param base the ancestor that deltas are taken from; null where the method needs none
 * @param slices the path, at least one slice; empty if there are modules
 * @param modules paths of the parts of the network, by the prefix of their tensors' names; empty if there are slices
 * @param parameters parameters for all slices
 * @param dtype type that mergekit computes in; Mendel computes in fp32 and stores in this type unless {@code outDtype}
 *            is given
 * @param outDtype type of the stored model; null for {@code dtype}, or the type of the base (else the first model)
 * @param tokenizer the tokenizer of the output; null for a copy of the base's, else the first model's
 * @param chatTemplate the chat template of the output; null for the one that comes with the tokenizer
 * @param seed seed of the random masks (DARE)
 * @param scales for each output layer, the factor that the hidden state is multiplied by before it enters the layer,
 *            finite and above 0; empty if all are 1
 * @since 0.1
 */
public record Recipe(MergeMethod method, @Nullable String base, List<Slice> slices,
        SortedMap<String, RecipeModule> modules, SortedMap<String, ParameterValue> parameters,
        @Nullable Precision dtype, @Nullable Precision outDtype,
        @Nullable OutputTokenizer tokenizer,
        @Nullable ChatTemplate chatTemplate, long seed, List<Double> scales) {

    public Recipe {
        slices = List.copyOf(slices);
        modules = Collections.unmodifiableSortedMap(new TreeMap<>(modules));
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        scales = scales.stream().allMatch(scale -> scale == 1) ? List.of() : List.copyOf(scales);
        if (slices.isEmpty() == modules.isEmpty()) {
            throw new IllegalArgumentException(
                    "A recipe needs either at least one slice or at least one module.");
        }
        if (modules.keySet().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("A module needs a name.");
        }
        if (!scales.stream().allMatch(scale -> Double.isFinite(scale) && scale > 0)) {
            throw new IllegalArgumentException(
                    "The scales must be finite numbers above 0, not " + scales + ".");
        }
        if (!scales.isEmpty() && !modules.isEmpty()) {
            throw new IllegalArgumentException(
                    "Scales belong to the layers of slices; a recipe of modules has none.");
        }
        Stream<Slice> inModules = modules.values()
                .stream()
                .flatMap(module -> module.inheritingSlices().stream());
        boolean baseEverywhere = base != null || Stream.concat(slices.stream(), inModules)
                .allMatch(slice -> slice.base() != null);
        if (method.needsBase() && !baseEverywhere) {
            throw new IllegalArgumentException(
                    "The method " + method.name() + " needs a base_model.");
        }
    }

    /** A recipe that keeps the tokenizer, the chat template and the hidden state. */
    public Recipe(MergeMethod method, @Nullable String base, List<Slice> slices,
            SortedMap<String, ParameterValue> parameters, @Nullable Precision dtype,
            @Nullable Precision outDtype, long seed) {
        this(method, base, slices, new TreeMap<>(), parameters, dtype, outDtype, null, null, seed,
                List.of());
    }

    /** The model itself, unchanged. */
    public static Recipe identity(String model) {
        return new Recipe(MergeMethods.LINEAR, null,
                List.of(Slice.of(
                        List.of(Source.of(model, SortedMaps.of("weight", ParameterValue.of(1)))))),
                new TreeMap<>(), null, null, 0);
    }

    /** This recipe with another tokenizer, or null for the usual one. */
    public Recipe withTokenizer(@Nullable OutputTokenizer other) {
        return new Recipe(method, base, slices, modules, parameters, dtype, outDtype, other,
                chatTemplate, seed, scales);
    }

    /** This recipe with another chat template, or null for the usual one. */
    public Recipe withChatTemplate(@Nullable ChatTemplate other) {
        return new Recipe(method, base, slices, modules, parameters, dtype, outDtype, tokenizer,
                other, seed, scales);
    }

    /** This recipe with these scales of the hidden state, one for each output layer; empty for none. */
    public Recipe withScales(List<Double> other) {
        return new Recipe(method, base, slices, modules, parameters, dtype, outDtype, tokenizer,
                chatTemplate, seed, other);
    }

    /**
     * This recipe with its models under other names.
     *
     * @param names the new name of each of {@link #models()}; models of the {@link OutputTokenizer} keep theirs
     */
    public Recipe withModels(UnaryOperator<String> names) {
        return new RenamedModels(names).of(this);
    }

    /**
     * All models that are merged, the base first, then the sources in order of appearance; models that only the
     * {@link OutputTokenizer} names are not among them.
     */
    public SequencedSet<String> models() {
        var models = new LinkedHashSet<String>();
        if (base != null) {
            models.add(base);
        }
        slices.forEach(slice -> addModels(slice, models));
        for (RecipeModule module : modules.values()) {
            if (module.base() != null) {
                models.add(module.base());
            }
            module.slices().forEach(slice -> addModels(slice, models));
        }
        return models;
    }

    private static void addModels(Slice slice, Set<String> models) {
        if (slice.base() != null) {
            models.add(slice.base());
        }
        slice.sources().forEach(source -> models.add(source.model()));
    }

    /** One line of JSON with sorted keys and without absent values; {@link MergekitReader} reads it back. */
    public String canonicalJson() {
        return CanonicalJson.of(this);
    }

    /** Lower-case hexadecimal SHA-256 of {@link #canonicalJson()}. */
    public String digest() {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(sha.digest(canonicalJson().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
