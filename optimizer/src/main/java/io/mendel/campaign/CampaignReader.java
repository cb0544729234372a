package io.mendel.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mendel.search.Algorithm;
import io.mendel.search.SearchSettings;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.ParameterSpace;
import io.mendel.space.YamlFields;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads campaign files; every error names file, key and remedy. */
final class CampaignReader {

    private static final List<String> SELECTIONS = List.of("first", "random", "stratified",
            "k_medoids", "disagreement");
    private static final long DEFAULT_SEED = 42;
    private static final int DEFAULT_FINALISTS = 10;
    private static final long DEFAULT_PREFIX_CACHE = 256_000_000;

    private CampaignReader() {}

    /**
     * Reads a campaign.
     *
     * @param text the YAML
     * @param origin the file, for messages
     * @param folder where relative paths start
     */
    static CampaignSpec read(String text, String origin, Path folder) throws DocumentException {
        YamlFields top = YamlFields.parse(text, origin);
        top.allow(List.of("name", "models", "space", "tasks", "objectives", "main", "evaluation",
                "search", "budget", "limits", "seeds"));
        String name = top.text("name");
        if (!name.matches("[\\p{Alnum}][\\p{Alnum}._-]*")) {
            throw top.wrong("name", "'" + name + "' cannot name a folder.",
                    "Use letters, digits, '.', '_' and '-', the first a letter or digit.");
        }
        var models = models(required(top, "models"));
        var tasks = top.texts("tasks");
        if (tasks.isEmpty()) {
            throw top.wrong("tasks", "at least one task file is required.",
                    "List task files under 'tasks:'.");
        }
        var objectives = objectives(top,
                models.parents().stream().map(ParameterSpace::label).toList());
        var search = search(top.mapping("search"));
        var space = SpaceReader.read(required(top, "space"), models, search.settings());
        return new CampaignSpec(name, models, space, tasks, objectives, main(top, objectives),
                evaluation(top.mapping("evaluation"), top), search,
                budget(top.mapping("budget"), top), limits(top.mapping("limits"), top),
                seeds(top.mapping("seeds"), top), folder, text);
    }

    private static YamlFields required(YamlFields fields, String key) throws DocumentException {
        YamlFields value = fields.mapping(key);
        if (value == null) {
            throw fields.wrong(key, "this key is required.",
                    "Add '" + key + ":' with its settings.");
        }
        return value;
    }

    /** An absent mapping has only defaults. */
    private static YamlFields orEmpty(@Nullable YamlFields fields, YamlFields top, String key,
            List<String> known)
            throws DocumentException {
        YamlFields result = fields != null
                ? fields
                : new YamlFields(top.origin(), key, JsonNodeFactory.instance.objectNode());
        result.allow(known);
        return result;
    }

    private static CampaignSpec.Models models(YamlFields fields) throws DocumentException {
        fields.allow(List.of("base", "parents"));
        var parents = fields.texts("parents");
        if (parents.isEmpty()) {
            throw fields.wrong("parents", "at least one parent is required.",
                    "List model folders under 'parents:'.");
        }
        var labels = new HashSet<String>();
        for (String parent : parents) {
            if (!labels.add(ParameterSpace.label(parent))) {
                throw fields.wrong("parents",
                        "two parents are called '" + ParameterSpace.label(parent) + "'.",
                        "Rename one folder, or remove the doubled entry.");
            }
        }
        return new CampaignSpec.Models(fields.textOrNull("base"), parents);
    }

    private static CampaignSpec.@Nullable Floor floor(YamlFields objective, List<String> parents)
            throws DocumentException {
        YamlFields fields = objective.mapping("floor");
        if (fields == null) {
            return null;
        }
        fields.allow(List.of("parent", "tolerance"));
        var known = new ArrayList<>(parents);
        known.add(Judge.BEST);
        String parent = fields.has("parent") ? word(fields, "parent", known) : Judge.BEST;
        double tolerance = fields.number("tolerance", 0);
        if (!(tolerance >= 0)) {
            throw fields.wrong("tolerance", "must not be negative.",
                    "Say by how much the objective may be worse than the parent's.");
        }
        return new CampaignSpec.Floor(parent, tolerance);
    }

    private static List<CampaignSpec.ObjectiveSpec> objectives(YamlFields top,
            List<String> parents) throws DocumentException {
        var objectives = new ArrayList<CampaignSpec.ObjectiveSpec>();
        var names = new HashSet<String>();
        for (YamlFields fields : top.mappings("objectives")) {
            fields.allow(List.of("name", "task", "metric", "measure", "direction", "floor"));
            String name = fields.text("name");
            if (!names.add(name)) {
                throw fields.wrong("name", "two objectives are called '" + name + "'.",
                        "Rename one.");
            }
            if (fields.has("measure") == fields.has("task")) {
                throw new DocumentException(fields.origin(), fields.place(),
                        "an objective is either a task's metric or a measure of the model.",
                        "Give 'task' and 'metric', or 'measure'.");
            }
            String direction = fields.has("direction")
                    ? word(fields, "direction", List.of("maximize", "minimize"))
                    : null;
            if (fields.has("measure")) {
                String measure = word(fields, "measure",
                        List.of("layers", "parameters", "flops", "entropy", "mutual_information",
                                "latency"));
                objectives.add(new CampaignSpec.ObjectiveSpec(name, null, measure, direction,
                        floor(fields, parents)));
            } else {
                String metric = fields.has("metric") ? fields.text("metric") : "acc";
                objectives.add(new CampaignSpec.ObjectiveSpec(name, fields.text("task"), metric,
                        direction, floor(fields, parents)));
            }
        }
        if (objectives.isEmpty()) {
            throw top.wrong("objectives", "at least one objective is required.",
                    "Write for example 'objectives: [{name: skill, task: TASK, metric: acc}]'.");
        }
        return objectives;
    }

    private static Main main(YamlFields top, List<CampaignSpec.ObjectiveSpec> objectives)
            throws DocumentException {
        var names = objectives.stream().map(CampaignSpec.ObjectiveSpec::name).toList();
        JsonNode node = top.get("main");
        if (node == null) {
            return new Main(Main.Rule.MEAN, names);
        }
        if (node.isTextual()) {
            return new Main(Main.Rule.MEAN, List.of(word(top, "main", names)));
        }
        YamlFields fields = required(top, "main");
        fields.allow(List.of("mean", "min"));
        if (fields.has("mean") == fields.has("min")) {
            throw top.wrong("main", "exactly one of 'mean' and 'min' is required.",
                    "Write for example 'main: {mean: [" + String.join(", ", names) + "]}'.");
        }
        String rule = fields.has("mean") ? "mean" : "min";
        var chosen = fields.texts(rule);
        for (String name : chosen) {
            if (!names.contains(name)) {
                throw fields.wrong(rule, "unknown objective '" + name + "'.",
                        InvalidInputException.didYouMean(name, names));
            }
        }
        if (chosen.isEmpty()) {
            throw fields.wrong(rule, "at least one objective is required.",
                    "Name some objectives.");
        }
        return new Main(rule.equals("mean") ? Main.Rule.MEAN : Main.Rule.MIN, chosen);
    }

    private static CampaignSpec.Evaluation evaluation(@Nullable YamlFields given, YamlFields top)
            throws DocumentException {
        YamlFields fields = orEmpty(given, top, "evaluation",
                List.of("items", "selection", "validation_items", "test_items", "batch_tokens",
                        "prefix_cache", "rotate", "racing"));
        String selection = fields.has("selection")
                ? word(fields, "selection", SELECTIONS)
                : "stratified";
        int items = fields.integer("items", 128, 1, Integer.MAX_VALUE);
        Boolean rotate = fields.has("rotate") ? fields.flag("rotate", true) : null;
        if (SubsetChoice.reads(selection)) {
            for (String key : List.of("rotate", "racing")) {
                if (fields.has(key) && fields.flag(key, false)) {
                    throw fields.wrong(key, "with 'selection: " + selection
                            + "' there is one choice of items, whose parts stand for nothing.",
                            "Remove it, or choose 'stratified' or 'random'.");
                }
            }
        }
        return new CampaignSpec.Evaluation(items, rotate, selection,
                fields.integer("validation_items", items, 0, Integer.MAX_VALUE),
                fields.integer("test_items", 0, 0, Integer.MAX_VALUE),
                fields.integer("batch_tokens", 1024, 1, 1 << 24), ByteSize.read(fields,
                        "prefix_cache", DEFAULT_PREFIX_CACHE),
                racing(fields, items));
    }

    private static boolean racing(YamlFields fields, int items) throws DocumentException {
        boolean racing = fields.has("racing") && fields.flag("racing", false);
        if (racing && items < ItemParts.LEAST_TO_CUT) {
            throw fields.wrong("racing",
                    items + " items of each task are too few to tell early who is worse.",
                    "Raise 'items' to " + ItemParts.LEAST_TO_CUT
                            + " at least, or remove 'racing'.");
        }
        return racing;
    }

    private static CampaignSpec.Search search(@Nullable YamlFields given)
            throws DocumentException {
        if (given == null) {
            return new CampaignSpec.Search(SearchSettings.of(Algorithm.NSGA2, DEFAULT_SEED),
                    DEFAULT_FINALISTS);
        }
        int finalists = given.integer("finalists", DEFAULT_FINALISTS, 1, 10_000);
        var settings = SearchSection.read(given, SearchSettings.of(Algorithm.NSGA2, DEFAULT_SEED),
                List.of("finalists"));
        return new CampaignSpec.Search(settings, finalists);
    }

    private static CampaignSpec.Budget budget(@Nullable YamlFields given, YamlFields top)
            throws DocumentException {
        YamlFields fields = orEmpty(given, top, "budget",
                List.of("evaluations", "generations", "minutes", "stagnation"));
        double minutes = fields.number("minutes", 0);
        if (minutes < 0) {
            throw fields.wrong("minutes", "must not be negative.", "Remove it for no limit.");
        }
        int generations = fields.integer("generations", 0, 0, Integer.MAX_VALUE);
        int stagnation = fields.integer("stagnation", 0, 0, Integer.MAX_VALUE);
        boolean open = generations == 0 && stagnation == 0 && minutes == 0;
        int evaluations = fields.integer("evaluations", open ? 400 : 0, open ? 1 : 0,
                Integer.MAX_VALUE);
        return new CampaignSpec.Budget(evaluations, generations, minutes, stagnation);
    }

    private static CampaignSpec.SeedSource seeds(@Nullable YamlFields given, YamlFields top)
            throws DocumentException {
        YamlFields fields = orEmpty(given, top, "seeds", List.of("from", "best"));
        if (given != null && !given.has("from")) {
            throw given.wrong("from", "this key is required.",
                    "Name the directory of a campaign, or remove 'seeds:'.");
        }
        return new CampaignSpec.SeedSource(fields.textOrNull("from"),
                fields.integer("best", DEFAULT_FINALISTS, 1, 10_000));
    }

    private static Limits limits(@Nullable YamlFields given, YamlFields top)
            throws DocumentException {
        YamlFields fields = orEmpty(given, top, "limits", List.of("seconds", "memory_gib"));
        for (String key : List.of("seconds", "memory_gib")) {
            if (fields.number(key, 0) < 0) {
                throw fields.wrong(key, "must not be negative.", "Remove it for no limit.");
            }
        }
        var limits = new Limits(fields.number("seconds", 0), fields.number("memory_gib", 0));
        if (limits.memoryGib() > 0 && !ResidentMemory.isKnown()) {
            throw fields.wrong("memory_gib",
                    "this system does not tell how much memory a process holds.",
                    "Remove it, or run on Linux.");
        }
        return limits;
    }

    private static String word(YamlFields fields, String key, List<String> known)
            throws DocumentException {
        String word = fields.text(key);
        if (!known.contains(word)) {
            throw fields.wrong(key, "unknown value '" + word + "'.",
                    InvalidInputException.didYouMean(word, known));
        }
        return word;
    }
}
