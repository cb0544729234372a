package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads recipes in mergekit's YAML dialect.
 *
 * <p>
 * Unlike mergekit, unknown keys are errors. What mergekit cannot say stands under the extra key {@code mendel:}, which
 * mergekit ignores. {@code residual_weight} is accepted and has no effect, as in mergekit.
 *
 * @since 0.1
 */
public final class MergekitReader {

    private static final List<String> TOP_KEYS = List.of("merge_method", "base_model", "models",
            "slices", "modules", "parameters", "dtype", "out_dtype", "tokenizer_source",
            "tokenizer", "chat_template", "mendel");
    private static final List<String> PATHS = List.of("models", "slices", "modules");

    private MergekitReader() {}

    /**
     * Reads one recipe.
     *
     * @param text the YAML document
     * @param origin where it comes from, for messages
     * @throws DocumentException if it is not a valid recipe
     */
    public static Recipe read(String text, String origin) throws DocumentException {
        YamlFields top = YamlFields.parse(text, origin);
        top.allow(TOP_KEYS);
        return read(top);
    }

    /**
     * Reads the recipes of a file: one, or several as {@code mergekit-multi} takes them, separated by lines {@code ---}.
     * A recipe with a {@code name} is a model of the others; the one without, else the last, is the output.
     *
     * @param text the YAML documents
     * @param origin where they come from, for messages
     * @throws DocumentException if one is not a valid recipe, or they do not fit together
     */
    public static MergeSequence readAll(String text, String origin) throws DocumentException {
        List<YamlFields> documents = YamlFields.parseAll(text, origin);
        var keys = new ArrayList<>(TOP_KEYS);
        keys.add("name");
        var steps = new ArrayList<MergeSequence.Step>();
        for (YamlFields document : documents) {
            document.allow(keys);
            String name = document.has("name") ? document.text("name") : null;
            Recipe recipe = read(document);
            steps.add(document.build("name", () -> new MergeSequence.Step(name, recipe)));
        }
        return documents.getFirst().build("name", () -> MergeSequence.of(steps));
    }

    private static Recipe read(YamlFields top) throws DocumentException {
        MergeMethod method = method(top);
        if (PATHS.stream().filter(top::has).count() != 1) {
            throw new DocumentException(top.origin(), top.place(),
                    "exactly one of 'models', 'slices' and 'modules' is required.",
                    "List the models to merge under 'models:'.");
        }
        var paths = new PathFields(method);
        List<Slice> slices = top.has("modules") ? List.of() : paths.slices(top);
        SortedMap<String, RecipeModule> modules = modules(top, paths);
        Precision dtype = precision(top, "dtype");
        Precision outDtype = precision(top, "out_dtype");
        OutputTokenizer tokenizer = TokenizerFields.read(top);
        ChatTemplate template = template(top);
        var mendel = new MendelFields(top);
        long seed = mendel.seed();
        List<Double> scales = mendel.scales();
        return top.build("", () -> new Recipe(method,
                ModelReference.readOrNull(top, "base_model"), slices, modules,
                paths.parameters(top), dtype, outDtype, tokenizer, template, seed, scales));
    }

    private static MergeMethod method(YamlFields top) throws DocumentException {
        String name = top.text("merge_method");
        var method = MergeMethods.named(name);
        if (method.isEmpty()) {
            throw top.wrong("merge_method", "unknown merge method '" + name + "'.",
                    InvalidInputException
                            .didYouMean(name,
                                    MergeMethods.all().stream().map(MergeMethod::name).toList()));
        }
        return method.get();
    }

    private static SortedMap<String, RecipeModule> modules(YamlFields top, PathFields paths)
            throws DocumentException {
        var modules = new TreeMap<String, RecipeModule>();
        YamlFields entries = top.mapping("modules");
        if (entries == null) {
            return modules;
        }
        var names = new ArrayList<String>();
        entries.node().fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            YamlFields fields = entries.mapping(name);
            if (fields == null) {
                throw entries.wrong(name, "a module must be a mapping.",
                        "Write 'models:' or 'slices:' below it, or remove it.");
            }
            fields.allow(List.of("models", "slices", "parameters", "base_model"));
            List<Slice> slices = paths.slices(fields);
            modules.put(name, fields.build("", () -> new RecipeModule(slices,
                    ModelReference.readOrNull(fields, "base_model"), paths.parameters(fields))));
        }
        return modules;
    }

    private static @Nullable Precision precision(YamlFields top, String key)
            throws DocumentException {
        String word = top.textOrNull(key);
        if (word == null) {
            return null;
        }
        if (word.equals("int64") || word.equals("torch.int64")) {
            throw top.wrong(key, "weights cannot be merged or stored as int64.",
                    "Write float32, or leave the key out; integer tensors keep their type anyway.");
        }
        var precision = Precision.of(word);
        if (precision.isEmpty()) {
            throw top.wrong(key, "unknown type '" + word + "'.",
                    InvalidInputException.didYouMean(word, Precision.words()));
        }
        return precision.get();
    }

    private static @Nullable ChatTemplate template(YamlFields top) throws DocumentException {
        String text = top.textOrNull("chat_template");
        return text == null
                ? null
                : top.build("chat_template", () -> ChatTemplate.of(text));
    }
}
