package io.mendel.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mixtures of experts whose tensors are not those that config.json describes. */
class ExpertWeightsTest {

    private static final Path ARCHITECTURES = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"))
            .resolve("architectures");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "qwen2_moe | num_experts                     | 5   | SHAPE   | layers.0.mlp.gate.weight",
        "qwen2_moe | moe_intermediate_size           | 15  | SHAPE   | layers.0.mlp.experts.0.gate_proj.weight",
        "qwen2_moe | shared_expert_intermediate_size | 27  | SHAPE   | layers.0.mlp.shared_expert.gate_proj.weight",
        "qwen2_moe | mlp_only_layers                 | []  | WEIGHTS | layers.1.mlp.gate.weight",
        "qwen2_moe | mlp_only_layers                 | [0] | WEIGHTS | layers.0.mlp.gate_proj.weight",
        "qwen3_moe | decoder_sparse_step             | 2   | WEIGHTS | layers.2.mlp.gate_proj.weight",
        "mixtral   | num_local_experts               | 3   | SHAPE   | layers.0.block_sparse_moe.gate.weight"})
    void aConfigOfAnotherModelIsRefused(String model, String field, String value, Kind kind,
            String tensor) throws Exception {
        Path golden = golden(model);
        ObjectNode config = (ObjectNode) JSON.readTree(golden.resolve("config.json").toFile());
        config.set(field, JSON.readTree(value));
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
        Files.copy(golden.resolve("model.safetensors"), folder.resolve("model.safetensors"));

        refused(folder, kind, "model." + tensor);
    }

    @ParameterizedTest
    @CsvSource({"qwen2_moe, model.layers.2.mlp.experts.3.up_proj.weight",
        "qwen2_moe, model.layers.0.mlp.shared_expert_gate.weight",
        "qwen3_moe, model.layers.1.mlp.gate.weight",
        "mixtral, model.layers.1.block_sparse_moe.experts.0.w2.weight"})
    void aMissingTensorIsNamed(String model, String tensor) throws Exception {
        refused(without(model, tensor), Kind.WEIGHTS, tensor);
    }

    @Test
    void aMissingExpertSaysHowExpertsAreStored() throws Exception {
        String tensor = "model.layers.0.mlp.experts.0.gate_proj.weight";

        assertThat(refused(without("qwen2_moe", tensor), Kind.WEIGHTS, tensor))
                .hasMessageContaining("tensors of their own");
    }

    private static CheckpointException refused(Path model, Kind kind, String tensor)
            throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            DecoderConfig config = DecoderConfig.of(checkpoint);
            var refusal = catchThrowableOfType(CheckpointException.class,
                    () -> WeightLayout.verify(checkpoint, config));

            assertThat(refusal).isNotNull().hasMessageContaining("'" + tensor + "'");
            assertThat(refusal.kind()).isEqualTo(kind);
            return refusal;
        }
    }

    private Path without(String model, String missing) throws Exception {
        Path target = folder.resolve("incomplete");
        try (Checkpoint checkpoint = Checkpoint.open(golden(model))) {
            assertThat(checkpoint.tensors()).containsKey(missing);
            List<TensorInfo> kept = new ArrayList<>(checkpoint.tensors().values());
            kept.removeIf(info -> info.name().equals(missing));
            try (var writer = CheckpointWriter.create(target, kept, Long.MAX_VALUE)) {
                for (TensorInfo info : kept) {
                    Tensor tensor = checkpoint.tensor(info.name());
                    writer.write(info.name(), tensor.data());
                }
                writer.text("config.json", checkpoint.config().toString());
                writer.commit();
            }
        }
        return target;
    }

    private static Path golden(String model) {
        return ARCHITECTURES.resolve(model).resolve("model");
    }
}
