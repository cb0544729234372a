package io.mendel.graph;

import io.mendel.checkpoint.CheckpointException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Reads {@link DecoderConfig} of GPT-2 from {@code config.json}, as transformers 5.18.0 understands it. */
final class GptReader {

    private static final String REMEDY = "Use a model of the usual kind, as all published ones are.";

    private GptReader() {}

    /** What the names of a checkpoint's tensors begin with, whether it was saved with its head or without. */
    static String prefix(Collection<String> tensors) {
        return tensors.contains("wte.weight") ? "" : GptBlocks.PREFIX;
    }

    static DecoderConfig read(ConfigFields config, String prefix) throws CheckpointException {
        DecoderFamily family = DecoderFamily.GPT2;
        require(config, "scale_attn_weights", true);
        require(config, "scale_attn_by_inverse_layer_idx", false);
        require(config, "add_cross_attention", false);
        int hidden = config.count("n_embd", 768, DecoderConfigReader.MAX_SIZE);
        int heads = config.count("n_head", 12, DecoderConfigReader.MAX_HEADS);
        if (hidden % heads != 0) {
            throw config.invalid("n_head (%d) must divide n_embd (%d).".formatted(heads, hidden));
        }
        int inner = config.count("n_inner", Math.multiplyExact(4, hidden),
                4 * DecoderConfigReader.MAX_SIZE);
        int layers = config.count("n_layer", 12, DecoderConfigReader.MAX_LAYERS);
        return new DecoderConfig(family.architecture(),
                config.count("vocab_size", family.vocabSize(), DecoderConfigReader.MAX_VOCABULARY),
                hidden, inner, layers, heads, heads, hidden / heads,
                config.positive("layer_norm_epsilon", 1e-5),
                config.flag("tie_word_embeddings", true), true, true, true, false, null,
                new DecoderConfig.Rope(List.of(), 1), Collections.nCopies(layers, 0),
                config.count("n_positions", family.maxPositions(), DecoderConfigReader.MAX_SIZE),
                DecoderConfigReader.bosToken(config, family),
                DecoderConfigReader.eosTokens(config, family),
                new GptBlocks(prefix, tanhGelu(config)));
    }

    private static void require(ConfigFields config, String field, boolean usual)
            throws CheckpointException {
        if (config.flag(field, usual) != usual) {
            throw config.unsupported(field + " is " + !usual + ".", REMEDY);
        }
    }

    private static boolean tanhGelu(ConfigFields config) throws CheckpointException {
        String activation = config.text("activation_function");
        if (activation == null) {
            return true;
        }
        return switch (activation) {
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> true;
            case "gelu" -> false;
            default -> throw config.unsupported("activation_function is '" + activation + "'.",
                    "Supported are gelu_new, gelu_fast, gelu_pytorch_tanh and gelu.");
        };
    }
}
