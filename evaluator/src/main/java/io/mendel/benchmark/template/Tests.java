package io.mendel.benchmark.template;

import io.mendel.benchmark.python.None;
import java.util.List;
import java.util.Map;

/** Jinja2's tests, the words after {@code is}. */
final class Tests {

    private Tests() {}

    static boolean holds(Object value, Parameters p) throws TemplateException {
        return switch (p.name()) {
            case "none" -> value == None.NONE;
            case "string" -> value instanceof String;
            case "number" -> Operations.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map<?, ?>;
            case "iterable", "sequence" ->
                value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>;
            case "even" -> value instanceof Long number && number % 2 == 0;
            case "odd" -> value instanceof Long number && number % 2 != 0;
            case "divisibleby" -> value instanceof Long number && p.integer(0, 0) != 0
                    && number % p.integer(0, 0) == 0;
            case "in" -> Operations.compare("in", value, p.value(0), p.offset());
            case "eq", "equalto", "sameas" -> Operations.equal(value, p.value(0));
            case "ne" -> !Operations.equal(value, p.value(0));
            case "lt", "lessthan" -> Operations.compare("<", value, p.value(0), p.offset());
            case "le" -> Operations.compare("<=", value, p.value(0), p.offset());
            case "gt", "greaterthan" -> Operations.compare(">", value, p.value(0), p.offset());
            case "ge" -> Operations.compare(">=", value, p.value(0), p.offset());
            default -> throw new TemplateException("The test (" + p.name() + ") is not known.",
                    p.offset());
        };
    }
}
