package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Variants of a demo model with another vocabulary: tokens dropped, added, or in another order, each with its row.
 *
 * <p>
 * A token of the demo model keeps its row there; a new one gets random numbers that depend on its text and the seed.
 */
public final class VocabularyModel {

    /** The models that come with the product: 722 tokens, 128 numbers in a row, bf16, tied heads. */
    public static final Path DEMO = Path.of("../optimizer/demo/models");

    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String HEAD = "lm_head.weight";
    public static final int WIDTH = 128;

    private final Path origin;
    private final ObjectNode tokenizer;
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> originalRows = new HashMap<>();
    private final Map<String, ObjectNode> added = new TreeMap<>();
    private final long seed;
    private int spareRows;
    private boolean headOfItsOwn;
    private boolean piecesOnly;

    private VocabularyModel(String name, long seed) throws Exception {
        this.origin = DEMO.resolve(name);
        this.seed = seed;
        this.tokenizer = (ObjectNode) new ObjectMapper()
                .readTree(origin.resolve("tokenizer.json").toFile());
        var byId = new TreeMap<Integer, String>();
        tokenizer.at("/model/vocab")
                .properties()
                .forEach(entry -> byId.put(entry.getValue().intValue(), entry.getKey()));
        byId.forEach((id, token) -> {
            originalRows.put(token, id);
            tokens.add(token);
        });
        tokenizer.path("added_tokens")
                .forEach(node -> added.put(node.path("content").asText(), (ObjectNode) node));
    }

    /** A demo model as it is. */
    public static VocabularyModel of(String name, long seed) throws Exception {
        return new VocabularyModel(name, seed);
    }

    /** Without tokens, and without the merges that need them. */
    public VocabularyModel drop(String... dropped) {
        tokens.removeAll(Set.of(dropped));
        Set.of(dropped).forEach(added::remove);
        return this;
    }

    /** With a piece that is the join of two others. */
    public VocabularyModel piece(String left, String right) {
        tokens.add(left + right);
        ((ArrayNode) tokenizer.at("/model/merges")).addArray().add(left).add(right);
        return this;
    }

    /** With an added token. */
    public VocabularyModel special(String token) {
        tokens.add(token);
        added.put(token, AddedToken.of(token,
                new ObjectMapper().createObjectNode().put("special", true)).listed(0));
        return this;
    }

    /** With ids in an order that the seed decides; the first few keep theirs. */
    public VocabularyModel shuffle(int fixed) {
        java.util.Collections.shuffle(tokens.subList(fixed, tokens.size()), new Random(seed));
        return this;
    }

    /** With rows that no token has. */
    public VocabularyModel spare(int rows) {
        spareRows = rows;
        return this;
    }

    /** With a head that is not the embedding. */
    public VocabularyModel untied() {
        headOfItsOwn = true;
        return this;
    }

    /** With added tokens that the section {@code model} does not list. */
    public VocabularyModel listAddedTokensApart() {
        piecesOnly = true;
        return this;
    }

    /** The tokens by id. */
    public List<String> tokens() {
        return List.copyOf(tokens);
    }

    /** Writes the model; the caller closes it. */
    public Checkpoint write(Path directory) throws Exception {
        try (Checkpoint original = Checkpoint.open(origin);
                Arena arena = Arena.ofConfined()) {
            var infos = new TreeMap<>(original.tensors());
            List<Long> shape = List.of((long) tokens.size() + spareRows, (long) WIDTH);
            infos.put(EMBEDDING, new TensorInfo(EMBEDDING, DType.BF16, shape));
            if (headOfItsOwn) {
                infos.put(HEAD, new TensorInfo(HEAD, DType.BF16, shape));
            }
            try (var writer = CheckpointWriter.create(directory, List.copyOf(infos.values()),
                    Long.MAX_VALUE)) {
                for (String name : infos.keySet()) {
                    writer.write(name, name.equals(EMBEDDING) || name.equals(HEAD)
                            ? rows(original, arena, name.equals(HEAD))
                            : original.tensor(name).data());
                }
                writer.text("config.json", config(original).toString());
                writer.text("tokenizer.json", document().toString());
                writer.carry(origin.resolve("tokenizer_config.json"), "tokenizer_config.json");
                writer.carry(origin.resolve("generation_config.json"), "generation_config.json");
                writer.commit();
            }
        }
        return Checkpoint.open(directory);
    }

    private JsonNode config(Checkpoint original) {
        return ((ObjectNode) original.config()).put("vocab_size", tokens.size() + spareRows)
                .put("tie_word_embeddings", !headOfItsOwn);
    }

    private MemorySegment rows(Checkpoint original, Arena arena, boolean head) {
        long bytes = 2L * WIDTH;
        MemorySegment rows = arena.allocate(bytes * (tokens.size() + spareRows));
        for (int id = 0; id < tokens.size() + spareRows; id++) {
            MemorySegment row = rows.asSlice(id * bytes, bytes);
            String token = id < tokens.size() ? tokens.get(id) : "spare " + id;
            Integer known = originalRows.get(token);
            if (known != null && !head) {
                row.copyFrom(original.tensor(EMBEDDING).data().asSlice(known * bytes, bytes));
                continue;
            }
            var random = new Random(seed * 31 + token.hashCode() + (head ? 1 : 0));
            double[] values = random.doubles(WIDTH, -0.1, 0.1).toArray();
            RowValues.store(values, DType.BF16, row);
        }
        return rows;
    }

    /** The content of {@code tokenizer.json}. */
    public ObjectNode document() {
        ObjectNode document = tokenizer.deepCopy();
        ObjectNode vocab = ((ObjectNode) document.path("model")).putObject("vocab");
        ArrayNode list = document.putArray("added_tokens");
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            ObjectNode definition = added.get(token);
            if (definition == null || !piecesOnly) {
                vocab.put(token, id);
            }
            if (definition != null) {
                list.add(definition.deepCopy().put("id", id));
            }
        }
        Set<String> known = Set.copyOf(tokens);
        ArrayNode merges = ((ObjectNode) document.path("model")).putArray("merges");
        for (JsonNode merge : tokenizer.at("/model/merges")) {
            String left = merge.path(0).asText();
            String right = merge.path(1).asText();
            if (known.contains(left) && known.contains(right) && known.contains(left + right)) {
                merges.add(merge);
            }
        }
        return document;
    }

    /** Writes a text file. */
    public static void text(Path file, String content) throws Exception {
        Files.createDirectories(file.getParent());
        Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    }
}
