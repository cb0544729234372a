package io.mendel.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.campaign.CampaignSpec.SpaceType;
import io.mendel.search.Algorithm;
import io.mendel.search.SearchSettings;
import io.mendel.space.DataFlowSettings.Encoding;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.LayerRange;
import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterOption;
import io.mendel.space.ParameterSpaceSettings.Range;
import io.mendel.space.YamlFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the {@code space} of a campaign. */
final class SpaceReader {

    private static final List<String> TYPES = List.of("parameter", "data_flow", "hybrid");
    private static final List<String> MERGE_KEYS = List.of("methods", "weight", "density");
    private static final List<String> GROUP_KEYS = List.of("layer_groups", "filters", "options",
            "ranges", "layer_curve");
    private static final Range SCALES = new Range(0.4, 1.5);
    private static final double PARAMETER_SHARE = 0.75;

    private final YamlFields fields;
    private final CampaignSpec.Models models;
    private final SearchSettings search;

    private SpaceReader(YamlFields fields, CampaignSpec.Models models, SearchSettings search) {
        this.fields = fields;
        this.models = models;
        this.search = search;
    }

    /**
     * Reads a space.
     *
     * @param search how the campaign searches
     */
    static CampaignSpec.Space read(YamlFields fields, CampaignSpec.Models models,
            SearchSettings search) throws DocumentException {
        return new SpaceReader(fields, models, search).read();
    }

    private CampaignSpec.Space read() throws DocumentException {
        SpaceType type = type();
        if (type == SpaceType.PARAMETER && fields.has("data_flow")) {
            throw fields.wrong("data_flow", "this key belongs to data-flow and hybrid spaces.",
                    "Remove it, or write 'type: data_flow' or 'type: hybrid'.");
        }
        fields.allow(switch (type) {
            case PARAMETER -> keys(MERGE_KEYS, GROUP_KEYS);
            case DATA_FLOW -> keys(List.of("data_flow"));
            case JOINT -> keys(MERGE_KEYS, List.of("data_flow", "mode"));
            case STAGED -> keys(MERGE_KEYS, GROUP_KEYS,
                    List.of("data_flow", "mode", "parameter_share"));
        });
        double share = fields.number("parameter_share", PARAMETER_SHARE);
        if (!(share > 0 && share < 1)) {
            throw fields.wrong("parameter_share", "must be above 0 and below 1, not " + share + ".",
                    "0.75 gives the path a quarter of the evaluations.");
        }
        var ranges = new ArrayList<LayerRange>();
        int groups = layerGroups(ranges);
        return new CampaignSpec.Space(type, methods(type), groups, ranges, fields.texts("filters"),
                range(fields, "weight", new Range(0, 1.5)),
                range(fields, "density", new Range(0.05, 1)),
                options(), geneRanges(), curvePoints(),
                type == SpaceType.PARAMETER ? null : dataFlow(type), share);
    }

    private List<ParameterOption> options() throws DocumentException {
        YamlFields section = fields.mapping("options");
        var options = new ArrayList<ParameterOption>();
        if (section != null) {
            for (var entry : section.node().properties()) {
                options.add(option(section, entry.getKey()));
            }
        }
        return options;
    }

    private static ParameterOption option(YamlFields section, String name)
            throws DocumentException {
        try {
            JsonNode node = section.get(name);
            if (node != null && node.isArray()) {
                var words = new ArrayList<String>();
                node.forEach(word -> words.add(word.asText()));
                return new ParameterOption.Words(name, words);
            }
            YamlFields range = section.mapping(name);
            if (range == null) {
                throw section.wrong(name, "a list of words or a range is needed.",
                        "Write for example '" + name + ": {min: 0.5, max: 2}'.");
            }
            range.allow(List.of("min", "max", "step", "scale"));
            boolean log = range.has("scale")
                    && word(range, "scale", List.of("linear", "log")).equals("log");
            return new ParameterOption.Numeric(name, range.number("min", 0),
                    range.number("max", 1), range.number("step", 0.001), log);
        } catch (IllegalArgumentException e) {
            throw section.wrong(name, String.valueOf(e.getMessage()), "Correct the option.");
        }
    }

    private Map<String, Range> geneRanges() throws DocumentException {
        YamlFields section = fields.mapping("ranges");
        var ranges = new LinkedHashMap<String, Range>();
        if (section != null) {
            for (var entry : section.node().properties()) {
                ranges.put(entry.getKey(), range(section, entry.getKey(), new Range(0, 1)));
            }
        }
        return ranges;
    }

    private int curvePoints() throws DocumentException {
        YamlFields curve = fields.mapping("layer_curve");
        if (curve == null) {
            return 0;
        }
        curve.allow(List.of("points"));
        if (fields.has("layer_groups")) {
            throw fields.wrong("layer_curve", "a curve takes the place of layer groups.",
                    "Remove 'layer_groups', or the curve.");
        }
        return curve.integer("points", 3, 2, 1000);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static List<String> keys(List<String>... parts) {
        return Stream.concat(Stream.of("type"), Stream.of(parts).flatMap(List::stream)).toList();
    }

    private SpaceType type() throws DocumentException {
        String type = fields.has("type") ? word(fields, "type", TYPES) : "parameter";
        return switch (type) {
            case "parameter" -> SpaceType.PARAMETER;
            case "data_flow" -> SpaceType.DATA_FLOW;
            default -> fields.has("mode")
                    && word(fields, "mode", List.of("staged", "joint")).equals("joint")
                            ? SpaceType.JOINT
                            : SpaceType.STAGED;
        };
    }

    private List<MergeMethod> methods(SpaceType type) throws DocumentException {
        var methods = new ArrayList<MergeMethod>();
        for (String name : fields.texts("methods")) {
            var method = MergeMethods.named(name);
            if (method.isEmpty()) {
                throw fields.wrong("methods", "unknown merge method '" + name + "'.",
                        InvalidInputException.didYouMean(name,
                                MergeMethods.all().stream().map(MergeMethod::name).toList()));
            }
            methods.add(method.get());
        }
        if (methods.isEmpty()) {
            methods.add(models.base() == null ? MergeMethods.LINEAR : MergeMethods.TASK_ARITHMETIC);
        }
        if (type == SpaceType.JOINT && methods.size() > 1) {
            throw fields.wrong("methods",
                    "a joint search merges every step by the same method, here are "
                            + methods.size() + ".",
                    "Name one, or search in stages ('mode: staged').");
        }
        return methods;
    }

    private int layerGroups(List<LayerRange> ranges) throws DocumentException {
        JsonNode layers = fields.get("layer_groups");
        if (layers == null || !layers.isArray()) {
            return fields.integer("layer_groups", 1, 1, 10_000);
        }
        for (JsonNode range : layers) {
            if (!range.isArray() || range.size() != 2 || !range.get(0).isInt()
                    || !range.get(1).isInt()
                    || range.get(0).asInt() < 0
                    || range.get(1).asInt() <= range.get(0).asInt()) {
                throw fields.wrong("layer_groups", "a number or a list of [first, end] pairs",
                        layers);
            }
            ranges.add(new LayerRange(range.get(0).asInt(), range.get(1).asInt()));
        }
        return 0;
    }

    private CampaignSpec.DataFlow dataFlow(SpaceType type) throws DocumentException {
        YamlFields flow = fields.mapping("data_flow");
        if (flow == null) {
            return new CampaignSpec.DataFlow(Encoding.EDITS, 1, 1, 0, SCALES, true,
                    pathSearch(null, Encoding.EDITS, type));
        }
        flow.allow(List.of("encoding", "repeats", "min_layers", "max_layers", "scale", "fixed_ends",
                "search"));
        String encoding = flow.has("encoding")
                ? word(flow, "encoding",
                        Stream.of(Encoding.values())
                                .map(e -> e.name().toLowerCase(Locale.ROOT))
                                .toList())
                : "edits";
        var chosen = Encoding.valueOf(encoding.toUpperCase(Locale.ROOT));
        return new CampaignSpec.DataFlow(chosen, flow.integer("repeats", 1, 1, 1000),
                flow.integer("min_layers", 1, 1, 10_000), flow.integer("max_layers", 0, 1, 10_000),
                scales(flow), flow.flag("fixed_ends", true),
                pathSearch(flow.mapping("search"), chosen, type));
    }

    /** Moves are not for every algorithm: where the campaign's is none of them, paths are searched by a genetic one. */
    private @Nullable SearchSettings pathSearch(@Nullable YamlFields given, Encoding encoding,
            SpaceType type) throws DocumentException {
        SearchSettings settings = search;
        if (given != null && type != SpaceType.STAGED) {
            throw given.wrong("",
                    "only the second stage of a staged search has settings of its own.",
                    "Write them under 'search:' at the top.");
        }
        boolean staged = type == SpaceType.STAGED;
        boolean edits = encoding == Encoding.EDITS;
        if (staged && edits && search.algorithm().computesWithGenes()) {
            settings = SearchSettings.of(Algorithm.GA, search.seed());
        }
        if (given != null) {
            given.allow(List.of("algorithm", "population", "offspring", "crossover_probability",
                    "mutation_probability", "crossover_eta", "mutation_eta", "start",
                    "start_sigma", "correlations_after"));
            settings = SearchSection.read(given, settings, List.of());
        }
        if (edits && settings.algorithm().computesWithGenes()) {
            throw fields.wrong("data_flow",
                    "paths are varied by edits, but " + settings.algorithm().key()
                            + " computes with genes.",
                    "Choose " + Stream.of(Algorithm.values())
                            .filter(algorithm -> !algorithm.computesWithGenes())
                            .map(Algorithm::key)
                            .collect(Collectors.joining(", "))
                            + ", or write 'encoding: compact'.");
        }
        return staged ? settings : null;
    }

    private static @Nullable Range scales(YamlFields flow) throws DocumentException {
        YamlFields scale = flow.mapping("scale");
        if (scale != null && scale.number("min", SCALES.min()) == 1
                && scale.number("max", SCALES.max()) == 1) {
            return null;
        }
        Range range = range(flow, "scale", SCALES);
        if (!(range.min() > 0 && range.min() <= 1 && range.max() >= 1)) {
            throw flow.wrong("scale",
                    "scales are above 0 and around 1, not in [" + range.min() + ", " + range.max()
                            + "].",
                    "Write for example 'scale: {min: 0.4, max: 1.5}', or min and max 1 for no scales.");
        }
        return range;
    }

    private static Range range(YamlFields parent, String key, Range defaults)
            throws DocumentException {
        YamlFields fields = parent.mapping(key);
        if (fields == null) {
            return defaults;
        }
        fields.allow(List.of("min", "max"));
        double min = fields.number("min", defaults.min());
        double max = fields.number("max", defaults.max());
        if (!(min < max)) {
            throw parent.wrong(key, "min must be below max, not " + min + " and " + max + ".",
                    "Swap or widen them.");
        }
        if (key.equals("density") && (min < 0 || max > 1)) {
            throw parent.wrong(key, "densities lie in [0, 1], not in [" + min + ", " + max + "].",
                    "Narrow the range.");
        }
        return new Range(min, max);
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
