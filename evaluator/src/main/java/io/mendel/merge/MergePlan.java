package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.space.Recipe;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A recipe resolved against the parents' tensors: everything that can be wrong with it has been checked.
 *
 * @param recipe the recipe
 * @param tensors how each tensor of the output comes about, by output name
 * @param donor the model whose configuration and tokenizer the output carries: the base, else the first model
 * @param layers for each output layer, the donor layer it corresponds to, or the first source's if the donor has none;
 *            empty if the recipe has modules
 * @param changedDepths number of output layers of the parts whose depth differs from the donor's, by the module's name;
 *            a recipe without modules is one part without a name
 * @param tiedEmbeddings whether the output head shares the embedding
 * @param dtype the type that merged tensors are stored in; null if each keeps its own
 * @since 0.1
 */
public record MergePlan(Recipe recipe, SortedMap<String, TensorMerge> tensors, String donor,
        List<Integer> layers, SortedMap<String, Integer> changedDepths,
        boolean tiedEmbeddings, @Nullable DType dtype) {

    public MergePlan {
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
        layers = List.copyOf(layers);
        changedDepths = Collections.unmodifiableSortedMap(new TreeMap<>(changedDepths));
    }

    /** A plan of a model that is as deep as its donor. */
    public MergePlan(Recipe recipe, SortedMap<String, TensorMerge> tensors, String donor,
            List<Integer> layers, boolean tiedEmbeddings, @Nullable DType dtype) {
        this(recipe, tensors, donor, layers, new TreeMap<>(), tiedEmbeddings, dtype);
    }

    /** Number of elements of all tensors. */
    public long elements() {
        return tensors.values().stream().mapToLong(merge -> merge.output().elements()).sum();
    }

    /**
     * How a tensor comes about.
     *
     * @throws IllegalArgumentException if the model has no such tensor
     */
    public TensorMerge tensor(String name) {
        TensorMerge merge = tensors.get(name);
        if (merge == null) {
            throw new IllegalArgumentException("The model has no tensor '" + name + "'.");
        }
        return merge;
    }

    /**
     * Tells tensors that are merged in the same way: the digests of two lists are equal only if their tensors are equal,
     * one by one, whatever their names in the output are.
     *
     * @param names names of the output's tensors
     * @throws IllegalArgumentException if the model has no such tensor
     */
    public String digest(List<String> names) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            for (String name : names) {
                TensorMerge merge = tensor(name);
                String text = merge.output().dtype() + " " + merge.output().shape() + " "
                        + merge.inputs() + " " + merge.operation() + " " + merge.divisor()
                        // What depends on the whole model is only known to be the same within the same recipe.
                        + (merge.operation() instanceof MergeOperation.Global
                                ? recipe.digest()
                                : "")
                        + "\n";
                sha.update(text.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
