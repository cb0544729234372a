package io.mendel.cli;

import io.mendel.space.DocumentException;
import io.mendel.space.MergekitWriter;
import io.mendel.space.Recipe;
import io.mendel.space.RecipeTemplates;
import io.mendel.space.RecipeTemplates.LayerZones;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel recipe}: prints recipes with a name in the literature. */
@Command(name = "recipe", mixinStandardHelpOptions = true, description = "Prints a recipe in mergekit's YAML from a template.", synopsisSubcommandLabel = "TEMPLATE", subcommands = {
    HelpCommand.class}, footerHeading = "%nExamples:%n", footer = {
        "  mendel recipe layer-swap models/chat-ja models/math-en --bottom 1 --top 1 > swap.yaml",
        "  mendel recipe depth-upscale mistral-7b --drop 8",
        "  mendel recipe frankenmerge a:0-16 b:8-24 a:16-32",
        "  mendel recipe prune llama-8b --drop 21-29",
        "  mendel recipe chat-vector base domain instruct --alpha 0.8",
        "  mendel recipe domain-slerp domain instruct"})
final class RecipeCommand {

    private RecipeCommand() {}

    static CommandLine commandLine(Terminal terminal) {
        CommandLine recipe = new CommandLine(new RecipeCommand())
                .addSubcommand(new LayerSwap(terminal))
                .addSubcommand(new ChatVector(terminal))
                .addSubcommand(new DomainSlerp(terminal));
        return StackCommands.addTo(recipe, terminal);
    }

    private static int print(Terminal terminal, Recipe recipe) {
        terminal.out().print(MergekitWriter.write(recipe));
        return ExitCode.DONE;
    }

    /** Bottom and top of one expert around the middle of another. */
    @Command(name = "layer-swap", mixinStandardHelpOptions = true, description = "Bottom and top layers of one expert around the middle of another (https://arxiv.org/abs/2410.01335).")
    static final class LayerSwap implements Callable<Integer> {

        private final Terminal terminal;

        @Parameters(index = "0", paramLabel = "OUTER", description = "The expert of bottom and top, such as one for a language.")
        private String outer = "";

        @Parameters(index = "1", paramLabel = "MIDDLE", description = "The expert of the middle.")
        private String middle = "";

        @Option(names = "--layers", paramLabel = "N", description = "Layers of the models (default: as OUTER's config.json says).")
        private @Nullable Integer layers;

        @Option(names = "--bottom", paramLabel = "N", required = true, description = "First layers, from OUTER.")
        private int bottom;

        @Option(names = "--top", paramLabel = "N", required = true, description = "Last layers, from OUTER.")
        private int top;

        @Option(names = "--bottom-transition", paramLabel = "N", defaultValue = "0", description = "Layers behind the bottom that are averaged (default: ${DEFAULT-VALUE}).")
        private int bottomTransition;

        @Option(names = "--top-transition", paramLabel = "N", defaultValue = "0", description = "Layers before the top that are averaged (default: ${DEFAULT-VALUE}).")
        private int topTransition;

        @Option(names = "--share", paramLabel = "X", defaultValue = "0.5", description = "OUTER's share where layers are averaged (default: ${DEFAULT-VALUE}).")
        private double share;

        LayerSwap(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws Exception {
            int count = layers == null ? ModelDepth.of(Path.of(outer)) : layers;
            LayerZones zones;
            try {
                zones = new LayerZones(count, bottom, top, bottomTransition, topTransition, share);
            } catch (IllegalArgumentException e) {
                throw new DocumentException("recipe layer-swap", "",
                        String.valueOf(e.getMessage()), "Change the numbers of layers.");
            }
            return print(terminal, RecipeTemplates.layerSwap(outer, middle, zones));
        }
    }

    /** Instruction following by arithmetic. */
    @Command(name = "chat-vector", mixinStandardHelpOptions = true, description = "DOMAIN + alpha·(INSTRUCT − GENERAL) (https://arxiv.org/abs/2310.04799).")
    static final class ChatVector implements Callable<Integer> {

        private final Terminal terminal;

        @Parameters(index = "0", paramLabel = "GENERAL", description = "The model that both others were trained from.")
        private String general = "";

        @Parameters(index = "1", paramLabel = "DOMAIN", description = "Its continued pre-training on a domain or language.")
        private String domain = "";

        @Parameters(index = "2", paramLabel = "INSTRUCT", description = "Its instruction-tuned sibling.")
        private String instruct = "";

        @Option(names = "--alpha", paramLabel = "X", defaultValue = "1", description = "Share of the chat vector (default: ${DEFAULT-VALUE}).")
        private double alpha;

        @Option(names = "--without-vocabulary", description = "Leave embedding and head out of the chat vector.")
        private boolean withoutVocabulary;

        ChatVector(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws Exception {
            if (!(Math.abs(alpha) <= 100)) {
                throw new DocumentException("recipe chat-vector", "",
                        "--alpha must be from -100 to 100, not " + alpha + ".",
                        "Common values are 0.5 to 1.");
            }
            return print(terminal, RecipeTemplates.chatVector(general, domain, instruct, alpha,
                    withoutVocabulary));
        }
    }

    /** Spherical interpolation by depth. */
    @Command(name = "domain-slerp", mixinStandardHelpOptions = true, description = "Spherical interpolation with curves for attention and MLP (https://arxiv.org/abs/2409.03444).")
    static final class DomainSlerp implements Callable<Integer> {

        private final Terminal terminal;

        @Parameters(index = "0", paramLabel = "START", description = "The model at t = 0.")
        private String start = "";

        @Parameters(index = "1", paramLabel = "END", description = "The model at t = 1.")
        private String end = "";

        DomainSlerp(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            return print(terminal, RecipeTemplates.domainSlerp(start, end));
        }
    }
}
