package io.mendel.benchmark.template;

import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonRegex;
import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Jinja2's filters that tasks use, and the harness's {@code regex_replace}. */
final class Filters {

    /** Names of the parameters of each filter, for calls that name them. */
    private static final Map<String, List<String>> PARAMETERS = Map.ofEntries(
            Map.entry("string", List.of()),
            Map.entry("join", List.of("d", "attribute")), Map.entry("length", List.of()),
            Map.entry("count", List.of()),
            Map.entry("lower", List.of()), Map.entry("upper", List.of()),
            Map.entry("capitalize", List.of()),
            Map.entry("title", List.of()), Map.entry("trim", List.of("chars")),
            Map.entry("strip", List.of("chars")),
            Map.entry("replace", List.of("old", "new", "count")),
            Map.entry("regex_replace", List.of("pattern", "repl", "count")),
            Map.entry("int", List.of("default")),
            Map.entry("float", List.of("default")), Map.entry("first", List.of()),
            Map.entry("last", List.of()),
            Map.entry("list", List.of()), Map.entry("reverse", List.of()),
            Map.entry("abs", List.of()),
            Map.entry("safe", List.of()), Map.entry("default", List.of("default_value", "boolean")),
            Map.entry("d", List.of("default_value", "boolean")));

    private Filters() {}

    static List<String> parameters(String name, int offset) throws TemplateException {
        List<String> parameters = PARAMETERS.get(name);
        if (parameters == null) {
            throw new TemplateException("The filter (" + name + ") is not one of "
                    + PARAMETERS.keySet().stream().sorted().toList() + ".", offset);
        }
        return parameters;
    }

    static Object apply(Object input, Parameters p) throws TemplateException {
        return switch (p.name()) {
            case "string" -> PythonText.str(input);
            case "safe" -> input;
            case "join" -> join(input, p);
            case "length", "count" -> Operations.length(input, p.offset());
            case "lower" -> PythonText.lower(PythonText.str(input));
            case "upper" -> PythonText.upper(PythonText.str(input));
            case "capitalize" -> PythonText.capitalize(PythonText.str(input));
            case "title" -> title(PythonText.str(input));
            case "trim", "strip" -> Methods.strip(PythonText.str(input), p, true, true);
            case "replace" -> Methods.replace(PythonText.str(input), PythonText.str(p.value(0)),
                    PythonText.str(p.value(1)),
                    p.integer(2, -1));
            case "regex_replace" -> regexReplace(input, p);
            case "int" -> integer(input, p);
            case "float" -> real(input, p);
            case "first" -> end(input, p, true);
            case "last" -> end(input, p, false);
            case "list" -> Operations.elements(input, p.offset());
            case "reverse" -> reverse(input, p);
            default -> absolute(input, p);
        };
    }

    /** Capitalizes what follows white space, a hyphen or an opening bracket, unlike the method of text. */
    private static String title(String text) {
        var out = new StringBuilder();
        boolean start = true;
        for (int c : text.codePoints().toArray()) {
            out.append(start
                    ? PythonText.upper(Character.toString(c))
                    : PythonText.lower(Character.toString(c)));
            start = PythonText.isSpace(c) || "-([{<".indexOf(c) >= 0;
        }
        return out.toString();
    }

    private static Object join(Object input, Parameters p) throws TemplateException {
        String separator = p.size() > 0 ? PythonText.str(p.value(0)) : "";
        var parts = new ArrayList<String>();
        for (Object element : Operations.elements(input, p.offset())) {
            Object part = element;
            if (p.size() > 1 && p.value(1) != None.NONE) {
                part = element instanceof Map<?, ?> map ? map.get(p.value(1)) : null;
                if (part == null) {
                    throw p.failure("found no attribute " + PythonText.repr(p.value(1)) + " in "
                            + PythonText.repr(element));
                }
            }
            parts.add(PythonText.str(part));
        }
        return String.join(separator, parts);
    }

    private static Object regexReplace(Object input, Parameters p) throws TemplateException {
        if (!(input instanceof String text)) {
            throw p.failure("needs text, not " + PythonText.repr(input));
        }
        try {
            return PythonRegex.compile(p.text(0))
                    .replace(text, p.text(1), Math.toIntExact(p.integer(2, 0)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw p.failure("has a bad pattern or replacement: " + e.getMessage());
        }
    }

    private static Object integer(Object input, Parameters p) throws TemplateException {
        Object absent = p.size() > 0 ? p.value(0) : (Object) 0L;
        try {
            return switch (input) {
                case Long number -> number;
                case Boolean bool -> bool ? 1L : 0L;
                case Double number ->
                    number.isNaN() || number.isInfinite() ? absent : (Object) number.longValue();
                case String text -> PythonText.strip(text).matches("[+-]?[0-9]+")
                        ? (Object) Long.valueOf(PythonText.strip(text))
                        : (Object) Double.valueOf(PythonText.strip(text)).longValue();
                default -> absent;
            };
        } catch (NumberFormatException _) {
            return absent;
        }
    }

    private static Object real(Object input, Parameters p) throws TemplateException {
        Object absent = p.size() > 0 ? p.value(0) : (Object) 0.0;
        try {
            return switch (input) {
                case String text -> Double.valueOf(PythonText.strip(text));
                case Object number when Operations.isNumber(number) -> Operations.toDouble(number);
                default -> absent;
            };
        } catch (NumberFormatException _) {
            return absent;
        }
    }

    private static Object end(Object input, Parameters p, boolean first) throws TemplateException {
        List<Object> elements = Operations.elements(input, p.offset());
        if (elements.isEmpty()) {
            return new Undefined("No " + p.name() + " item, the sequence was empty");
        }
        return first ? elements.getFirst() : elements.getLast();
    }

    private static Object reverse(Object input, Parameters p) throws TemplateException {
        if (input instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> elements = Operations.elements(input, p.offset());
        Collections.reverse(elements);
        return elements;
    }

    private static Object absolute(Object input, Parameters p) throws TemplateException {
        return switch (input) {
            case Double number -> Math.abs(number);
            case Long number -> Math.abs(number);
            default -> throw p.failure("needs a number, not " + PythonText.repr(input));
        };
    }
}
