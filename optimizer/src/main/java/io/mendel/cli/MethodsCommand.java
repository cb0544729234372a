package io.mendel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethods;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel methods}: the merge methods and their parameters. */
@Command(name = "methods", mixinStandardHelpOptions = true, description = "Lists the merge methods and their parameters.", footerHeading = "%nExamples:%n", footer = {
    "  mendel methods", "  mendel methods ties"})
final class MethodsCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Explain only this method.")
    private @Nullable String name;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    MethodsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        List<MergeMethod> methods = chosen();
        if (json) {
            terminal.out()
                    .println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
                            .writeValueAsString(json(methods)));
            return ExitCode.DONE;
        }
        for (MergeMethod method : methods) {
            terminal.out().printf("%s%n    %s%n", method.name(), method.summary());
            for (MergeMethod.Parameter parameter : method.parameters()) {
                terminal.out()
                        .printf("    %-17s %-7s %-14s %-15s %s%n", parameter.name(),
                                parameter.scope() == MergeMethod.Scope.MODEL ? "model" : "global",
                                defaultText(parameter), rangeText(parameter),
                                parameter.summary());
            }
            if (name != null) {
                terminal.out()
                        .printf("    needs a base model: %s%n    %s%n",
                                method.needsBase() ? "yes" : "no",
                                method.reference());
                if (!method.notes().isEmpty()) {
                    terminal.out().printf("    Notes: %s%n", method.notes());
                }
            }
            terminal.out().println();
        }
        return ExitCode.DONE;
    }

    private List<MergeMethod> chosen() throws DocumentException {
        if (name == null) {
            return MergeMethods.all();
        }
        var method = MergeMethods.named(name);
        if (method.isEmpty()) {
            throw new DocumentException("methods", "", "unknown merge method '" + name + "'.",
                    InvalidInputException
                            .didYouMean(name,
                                    MergeMethods.all().stream().map(MergeMethod::name).toList()));
        }
        return List.of(method.get());
    }

    private static String defaultText(MergeMethod.Parameter parameter) {
        Double value = parameter.defaultValue();
        if (value == null) {
            return "required";
        }
        return parameter.type() == MergeMethod.Type.FLAG
                ? "default " + (value != 0)
                : "default " + value;
    }

    private static String rangeText(MergeMethod.Parameter parameter) {
        if (parameter.type() == MergeMethod.Type.FLAG) {
            return "true or false";
        }
        return "%s to %s".formatted(plain(parameter.min()), plain(parameter.max()));
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static ArrayNode json(List<MergeMethod> methods) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (MergeMethod method : methods) {
            ObjectNode node = array.addObject()
                    .put("name", method.name())
                    .put("summary", method.summary())
                    .put("needs_base", method.needsBase())
                    .put("reference", method.reference())
                    .put("notes", method.notes());
            ArrayNode parameters = node.putArray("parameters");
            for (MergeMethod.Parameter parameter : method.parameters()) {
                parameters.addObject()
                        .put("name", parameter.name())
                        .put("scope", parameter.scope().name().toLowerCase(Locale.ROOT))
                        .put("type", parameter.type().name().toLowerCase(Locale.ROOT))
                        .put("default", parameter.defaultValue())
                        .put("min", parameter.min())
                        .put("max", parameter.max())
                        .put("summary", parameter.summary());
            }
        }
        return array;
    }
}
