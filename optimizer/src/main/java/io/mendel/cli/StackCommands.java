package io.mendel.cli;

import io.mendel.space.DocumentException;
import io.mendel.space.LayerRange;
import io.mendel.space.LayerStacks;
import io.mendel.space.LayerStacks.Part;
import io.mendel.space.MergekitWriter;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The templates of {@code mendel recipe} that stack layers as they are. */
final class StackCommands {

    private static final Pattern PART = Pattern.compile("(.+):(\\d{1,6})-(\\d{1,6})");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})-(\\d{1,6})");

    private StackCommands() {}

    static CommandLine addTo(CommandLine recipe, Terminal terminal) {
        return recipe.addSubcommand(new Frankenmerge(terminal))
                .addSubcommand(new DepthUpscale(terminal))
                .addSubcommand(new Prune(terminal));
    }

    private static int print(Terminal terminal, String template, Supplier<Recipe> recipe)
            throws DocumentException {
        try {
            terminal.out().print(MergekitWriter.write(recipe.get()));
            return ExitCode.DONE;
        } catch (IllegalArgumentException e) {
            throw new DocumentException("recipe " + template, "", String.valueOf(e.getMessage()),
                    "Change the numbers of layers.");
        }
    }

    private static LayerRange range(String template, String start, String end)
            throws DocumentException {
        if (Integer.parseInt(start) >= Integer.parseInt(end)) {
            throw new DocumentException("recipe " + template, "",
                    "the layers " + start + "-" + end + " are none.",
                    "Write START-END, the end being one after the last layer, as in layer_range.");
        }
        return new LayerRange(Integer.parseInt(start), Integer.parseInt(end));
    }

    /** Parts of models, one upon another. */
    @Command(name = "frankenmerge", mixinStandardHelpOptions = true, description = "Parts of models, one upon another: the ones given as MODEL:START-END, or windows of MODELs in turn.", footerHeading = "%nExamples:%n", footer = {
        "  mendel recipe frankenmerge a:0-16 b:8-24 a:16-32 > stack.yaml",
        "  mendel recipe frankenmerge a b --window 16 --stride 8 > goliath.yaml"})
    static final class Frankenmerge implements Callable<Integer> {

        private static final String NAME = "frankenmerge";

        private final Terminal terminal;

        @Parameters(paramLabel = "MODEL[:START-END]", arity = "1..*", description = "The parts from the bottom up; END is one after the last layer.")
        private List<String> parts = List.of();

        @Option(names = "--window", paramLabel = "N", description = "Layers of each window.")
        private @Nullable Integer window;

        @Option(names = "--stride", paramLabel = "N", description = "Layers by which a window begins above the one before (default: half a window).")
        private @Nullable Integer stride;

        @Option(names = "--layers", paramLabel = "N", description = "Layers of the models (default: as the first one's config.json says).")
        private @Nullable Integer layers;

        Frankenmerge(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws Exception {
            Integer size = window;
            if (size != null) {
                int count = layers == null ? ModelDepth.of(Path.of(parts.getFirst())) : layers;
                int step = stride == null ? Math.max(1, size / 2) : stride;
                return print(terminal, NAME,
                        () -> LayerStacks.interleave(parts, count, size, step));
            }
            var stack = new ArrayList<Part>();
            for (String part : parts) {
                Matcher matcher = PART.matcher(part);
                if (!matcher.matches()) {
                    throw new DocumentException("recipe frankenmerge", "",
                            "'" + part + "' does not say which layers.",
                            "Write MODEL:START-END, or give --window for windows of all models in turn.");
                }
                stack.add(new Part(matcher.group(1),
                        range(NAME, matcher.group(2), matcher.group(3))));
            }
            return print(terminal, NAME, () -> LayerStacks.frankenmerge(stack));
        }
    }

    /** A model upon itself. */
    @Command(name = "depth-upscale", mixinStandardHelpOptions = true, description = "A model without its last layers, and upon it the model without its first ones (SOLAR, https://arxiv.org/abs/2312.15166).", footerHeading = "%nExample:%n", footer = {
        "  mendel recipe depth-upscale mistral-7b --drop 8 > solar.yaml        (32 layers become 48)"})
    static final class DepthUpscale implements Callable<Integer> {

        private final Terminal terminal;

        @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
        private String model = "";

        @Option(names = "--drop", paramLabel = "N", required = true, description = "Layers that either copy lacks.")
        private int drop;

        @Option(names = "--layers", paramLabel = "N", description = "Layers of the model (default: as its config.json says).")
        private @Nullable Integer layers;

        DepthUpscale(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws Exception {
            int count = layers == null ? ModelDepth.of(Path.of(model)) : layers;
            return print(terminal, "depth-upscale",
                    () -> LayerStacks.depthUpscale(model, count, drop));
        }
    }

    /** A model without some layers. */
    @Command(name = "prune", mixinStandardHelpOptions = true, description = "A model without some of its layers (https://arxiv.org/abs/2403.17887).", footerHeading = "%nExample:%n", footer = {
        "  mendel recipe prune llama-8b --drop 21-29 > pruned.yaml        (drops layers 21 to 28)"})
    static final class Prune implements Callable<Integer> {

        private static final String NAME = "prune";

        private final Terminal terminal;

        @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
        private String model = "";

        @Option(names = "--drop", paramLabel = "START-END", required = true, description = "Layers to leave out, END being one after the last; may be given several times.")
        private List<String> drop = List.of();

        @Option(names = "--layers", paramLabel = "N", description = "Layers of the model (default: as its config.json says).")
        private @Nullable Integer layers;

        Prune(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws Exception {
            var ranges = new ArrayList<LayerRange>();
            for (String text : drop) {
                Matcher matcher = RANGE.matcher(text);
                if (!matcher.matches()) {
                    throw new DocumentException("recipe prune", "",
                            "--drop needs layers, not '" + text + "'.",
                            "Write START-END, the end being one after the last layer.");
                }
                ranges.add(range(NAME, matcher.group(1), matcher.group(2)));
            }
            int count = layers == null ? ModelDepth.of(Path.of(model)) : layers;
            return print(terminal, NAME, () -> LayerStacks.prune(model, count, ranges));
        }
    }
}
