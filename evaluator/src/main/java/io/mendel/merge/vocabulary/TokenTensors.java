package io.mendel.merge.vocabulary;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeException;
import io.mendel.merge.MergeException.Kind;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a model that have one row for each token: embedding, head, and the head's bias.
 *
 * @param model the model's name in the recipe
 * @param checkpoint its weights
 * @param embedding the name of its embedding
 * @param tied whether the head is the embedding; a stored copy of the head is then ignored
 * @param names the tensors with one row for each token, a tied head excepted
 */
record TokenTensors(String model, Checkpoint checkpoint, String embedding, boolean tied,
        SortedSet<String> names) {

    static final String HEAD = "lm_head.weight";
    private static final List<String> EMBEDDINGS = List.of("embed_tokens.weight", "wte.weight",
            "word_embeddings.weight", "embed_in.weight", "tok_embeddings.weight",
            "shared.weight");
    private static final List<String> HEADS = List.of(HEAD, "embed_out.weight", "lm_head.bias",
            "lm_head.decoder.weight", "lm_head.decoder.bias", "predictions.decoder.weight",
            "predictions.decoder.bias", "predictions.bias");

    static TokenTensors of(String model, Checkpoint checkpoint) throws MergeException {
        @Nullable
        String embedding = null;
        SortedSet<String> names = new TreeSet<>();
        for (String name : checkpoint.tensors().keySet()) {
            boolean embeds = EMBEDDINGS.stream().anyMatch(end -> ends(name, end));
            embedding = embeds && embedding == null ? name : embedding;
            if (embeds || HEADS.stream().anyMatch(end -> ends(name, end))) {
                names.add(name);
            }
        }
        if (embedding == null) {
            throw new MergeException(Kind.MISSING_TENSOR,
                    "The model '" + model
                            + "' has no embedding of tokens whose rows could be rearranged.",
                    "Remove the tokenizer settings from the recipe.");
        }
        boolean tied = checkpoint.config().path("tie_word_embeddings").asBoolean(false)
                || !names.contains(HEAD);
        if (tied) {
            names.remove(HEAD);
        }
        var tensors = new TokenTensors(model, checkpoint, embedding, tied, names);
        tensors.check();
        return tensors;
    }

    private static boolean ends(String name, String end) {
        return name.equals(end) || name.endsWith("." + end);
    }

    private void check() throws MergeException {
        for (String name : names) {
            TensorInfo info = info(name);
            if (!info.dtype().isFloat()) {
                throw new MergeException(Kind.DTYPE,
                        "The tensor %s of '%s' is %s, not floating-point.".formatted(name, model,
                                info.dtype()),
                        "Quantised models must be converted back to floating point before they are merged.");
            }
            if (info.shape().isEmpty() || info.shape().getFirst() != rows()
                    || rows() > Integer.MAX_VALUE) {
                throw new MergeException(Kind.SHAPE,
                        "The tensor %s of '%s' must have a row for each of the %d of %s, but is %s."
                                .formatted(name, model, rows(), embedding, info.shape()),
                        "Download the model again, or remove the tokenizer settings from the recipe.");
            }
        }
    }

    /** Number of rows. */
    long rows() {
        List<Long> shape = info(embedding).shape();
        return shape.isEmpty() ? 0 : shape.getFirst();
    }

    private TensorInfo info(String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name), name);
    }

    /** What stands for a tensor of another model here: the tensor of that name, or for a tied head the embedding. */
    @Nullable
    TensorInfo counterpart(String name) {
        if (names.contains(name)) {
            return info(name);
        }
        return name.equals(HEAD) && tied ? info(embedding) : null;
    }

    /** The data of a {@link #counterpart}. */
    Tensor tensor(String name) {
        return checkpoint.tensor(Objects.requireNonNull(counterpart(name), name).name());
    }
}
