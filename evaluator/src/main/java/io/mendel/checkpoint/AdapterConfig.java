package io.mendel.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of {@code adapter_config.json} that decides a plain LoRA's deltas; every other kind is refused.
 *
 * @param file named in errors
 * @param json the whole object
 */
record AdapterConfig(Path file, JsonNode json) {

    static final String FILE = "adapter_config.json";

    private static final long MAX_BYTES = 4_000_000;
    private static final int MAX_RANK = 1 << 16;
    private static final String REMEDY = "Export the adapter again with PEFT's save_pretrained.";

    /** Options that change the deltas in ways not implemented, when they are neither null, false nor empty. */
    private static final List<String> UNSUPPORTED = List.of("use_dora", "lora_bias",
            "layer_replication",
            "target_parameters", "trainable_token_indices", "alora_invocation_tokens", "use_qalora",
            "use_bdlora",
            "megatron_config", "arrow_config", "kasa_config", "monteclora_config", "velora_config");

    /** Initialisations that move a part of the base into the adapter. */
    private static final Set<String> MOVING = Set.of("pissa", "olora", "loftq", "corda", "lora_ga");

    static AdapterConfig read(ModelFolder folder) throws CheckpointException {
        Path file = folder.file(FILE);
        var config = new AdapterConfig(file,
                StrictJson.object(file, MAX_BYTES, Kind.ADAPTER, REMEDY));
        config.verify();
        return config;
    }

    private void verify() throws CheckpointException {
        if (!json.path("peft_type").asText("").equals("LORA")) {
            throw unsupported("peft_type must be LORA, not " + json.path("peft_type") + ".");
        }
        for (String option : UNSUPPORTED) {
            JsonNode value = json.path(option);
            boolean off = value.isMissingNode() || value.isNull()
                    || (value.isBoolean() && !value.booleanValue())
                    || (value.isContainerNode() && value.isEmpty());
            if (!off) {
                throw unsupported(option + " is " + value + ".");
            }
        }
        if (!json.path("bias").asText("none").equals("none")) {
            throw unsupported("bias is " + json.path("bias") + ".");
        }
        String start = json.path("init_lora_weights").asText("");
        if (MOVING.stream().anyMatch(start::startsWith)) {
            throw unsupported("init_lora_weights is '" + start
                    + "', so the adapter belongs to a changed base.");
        }
        rank(json.path("r"), "r");
        flag("use_rslora");
        flag("fan_in_fan_out");
        for (String pattern : List.of("rank_pattern", "alpha_pattern")) {
            if (json.hasNonNull(pattern) && !json.path(pattern).isObject()) {
                throw invalid(pattern + " must be an object, not " + json.path(pattern) + ".");
            }
        }
    }

    boolean fanInFanOut() throws CheckpointException {
        return flag("fan_in_fan_out");
    }

    /**
     * Rank of a module's factors.
     *
     * @param module name inside the base, such as {@code model.layers.0.self_attn.q_proj}
     */
    int rank(String module) throws CheckpointException {
        for (Map.Entry<String, JsonNode> entry : json.path("rank_pattern").properties()) {
            if (ModulePattern.of(this, entry.getKey()).matches(module)) {
                return rank(entry.getValue(), "rank_pattern." + entry.getKey());
            }
        }
        return rank(json.path("r"), "r");
    }

    /** Factor on B·A of a module. */
    double scale(String module) throws CheckpointException {
        double alpha = alpha(module);
        int rank = rank(module);
        return flag("use_rslora") ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    private double alpha(String module) throws CheckpointException {
        for (Map.Entry<String, JsonNode> entry : json.path("alpha_pattern").properties()) {
            if (ModulePattern.of(this, entry.getKey()).matches(module)) {
                return number(entry.getValue(), "alpha_pattern." + entry.getKey());
            }
        }
        return number(json.path("lora_alpha"), "lora_alpha");
    }

    private int rank(JsonNode value, String field) throws CheckpointException {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1
                || value.intValue() > MAX_RANK) {
            throw invalid(
                    field + " must be an integer from 1 to " + MAX_RANK + ", not " + value + ".");
        }
        return value.intValue();
    }

    private double number(JsonNode value, String field) throws CheckpointException {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw invalid(field + " must be a finite number, not " + value + ".");
        }
        return value.doubleValue();
    }

    private boolean flag(String field) throws CheckpointException {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw invalid(field + " must be true or false, not " + value + ".");
        }
        return value.booleanValue();
    }

    /** The exception for a malformed field; {@code problem} starts with the field. */
    CheckpointException invalid(String problem) {
        return new CheckpointException(Kind.ADAPTER, file, problem, REMEDY);
    }

    private CheckpointException unsupported(String problem) {
        return new CheckpointException(Kind.UNSUPPORTED, file, problem,
                "Only plain LoRA is supported: merge the adapter into its base with PEFT's merge_and_unload.");
    }
}
