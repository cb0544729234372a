package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes a base and three parents in bf16 that look like Llama checkpoints, to time {@code mendel merge} with: weights
 * around 0 (standard deviation .02), deltas a tenth of that.
 *
 * <p>
 * {@code bench/one-merge.sh} runs it: {@code SyntheticModels FOLDER HIDDEN LAYERS VOCABULARY [sparse]}. Sparse models are
 * all zeros and take no room on the disk.
 */
final class SyntheticModels {

    private static final List<String> NAMES = List.of("base", "a", "b", "c");
    private static final int POOL = 1 << 22;

    private SyntheticModels() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int hidden = Integer.parseInt(arguments[1]);
        int layers = Integer.parseInt(arguments[2]);
        int vocabulary = Integer.parseInt(arguments[3]);
        boolean sparse = arguments.length > 4;
        Map<String, TensorInfo> tensors = tensors(hidden, layers, vocabulary);
        for (int m = 0; m < NAMES.size(); m++) {
            Path model = Files.createDirectories(folder.resolve(NAMES.get(m)));
            Files.writeString(model.resolve("config.json"), config(hidden, layers, vocabulary));
            write(model.resolve("model.safetensors"), tensors, sparse ? new byte[0] : pool(m));
        }
        long bytes = tensors.values().stream().mapToLong(TensorInfo::byteSize).sum();
        System.out.printf("%s: %d models of %,d weights, %,d bytes each%n", folder, NAMES.size(),
                bytes / 2, bytes);
    }

    private static Map<String, TensorInfo> tensors(int hidden, int layers, int vocabulary) {
        var shapes = new LinkedHashMap<String, List<Long>>();
        long width = hidden;
        shapes.put("model.embed_tokens.weight", List.of((long) vocabulary, width));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            shapes.put(prefix + "self_attn.q_proj.weight", List.of(width, width));
            shapes.put(prefix + "self_attn.k_proj.weight", List.of(width / 2, width));
            shapes.put(prefix + "self_attn.v_proj.weight", List.of(width / 2, width));
            shapes.put(prefix + "self_attn.o_proj.weight", List.of(width, width));
            shapes.put(prefix + "mlp.gate_proj.weight", List.of(3 * width, width));
            shapes.put(prefix + "mlp.up_proj.weight", List.of(3 * width, width));
            shapes.put(prefix + "mlp.down_proj.weight", List.of(width, 3 * width));
            shapes.put(prefix + "input_layernorm.weight", List.of(width));
            shapes.put(prefix + "post_attention_layernorm.weight", List.of(width));
        }
        shapes.put("model.norm.weight", List.of(width));
        var tensors = new LinkedHashMap<String, TensorInfo>();
        shapes.forEach((name, shape) -> tensors.put(name, new TensorInfo(name, DType.BF16, shape)));
        return tensors;
    }

    private static String config(int hidden, int layers, int vocabulary) {
        return """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
                 "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d, "vocab_size": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": 64, "hidden_act": "silu",
                 "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
                 "tie_word_embeddings": true}
                """
                .formatted(hidden, 3 * hidden, layers, vocabulary, hidden / 64, hidden / 128);
    }

    private static byte[] pool(int model) {
        var base = new SplittableRandom(1);
        var delta = new SplittableRandom(2 + model);
        byte[] pool = new byte[2 * POOL];
        for (int i = 0; i < POOL; i++) {
            double value = 0.02 * base.nextGaussian();
            if (model > 0) {
                value += 0.002 * delta.nextGaussian();
            }
            short bits = Rounding.toBfloat16((float) value);
            pool[2 * i] = (byte) bits;
            pool[2 * i + 1] = (byte) (bits >> 8);
        }
        return pool;
    }

    private static void write(Path file, Map<String, TensorInfo> tensors, byte[] pool)
            throws IOException {
        var header = new StringBuilder("{");
        long offset = 0;
        for (TensorInfo info : tensors.values()) {
            header.append(offset == 0 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(info.name(), info.shape(), offset,
                                    offset + info.byteSize()));
            offset += info.byteSize();
        }
        header.append('}').repeat(" ", 8 - header.length() % 8);
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(Long.BYTES + text.length + offset);
            out.writeLong(Long.reverseBytes(text.length));
            out.write(text);
            while (pool.length > 0 && offset > 0) {
                int length = (int) Math.min(pool.length, offset);
                out.write(pool, 0, length);
                offset -= length;
            }
        }
    }
}
