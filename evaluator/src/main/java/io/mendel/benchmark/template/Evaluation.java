package io.mendel.benchmark.template;

import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One rendering: evaluates expressions in a chain of scopes. */
final class Evaluation {

    private static final int MAX_RANGE = 100_000;

    private final List<Map<String, Object>> scopes = new ArrayList<>();

    Evaluation(Map<String, Object> variables) {
        scopes.add(variables);
        scopes.add(new LinkedHashMap<>());
    }

    void push() {
        scopes.add(new LinkedHashMap<>());
    }

    void pop() {
        scopes.removeLast();
    }

    void bind(String name, Object value) {
        scopes.getLast().put(name, value);
    }

    /** The value, which must be defined. */
    Object value(Expression expression) throws TemplateException {
        Object value = maybe(expression);
        if (value instanceof Undefined(String description)) {
            throw new TemplateException(description + ".", expression.offset(), true);
        }
        return value;
    }

    /** The value, or {@link Undefined}. */
    private Object maybe(Expression expression) throws TemplateException {
        return switch (expression) {
            case Expression.Literal(Object value, _) -> value;
            case Expression.Sequence(List<Expression> elements, _) -> values(elements);
            case Expression.Dictionary dictionary -> {
                var map = new LinkedHashMap<Object, Object>();
                for (Map.Entry<Expression, Expression> entry : dictionary.entries()) {
                    map.put(value(entry.getKey()), value(entry.getValue()));
                }
                yield map;
            }
            case Expression.Name(String name, _) -> lookUp(name);
            case Expression.Attribute(Expression target, String name, _) ->
                attribute(value(target), name);
            case Expression.Index(Expression target, Expression index, int offset) ->
                item(value(target), value(index), offset);
            case Expression.Slice slice -> Operations.slice(value(slice.target()),
                    slice.from() == null ? null : value(slice.from()),
                    slice.to() == null ? null : value(slice.to()),
                    slice.step() == null ? null : value(slice.step()), slice.offset());
            case Expression.Call call -> call(call);
            case Expression.Filter filter -> filter(filter);
            case Expression.Test test -> test(test) != test.negated();
            case Expression.Negative(Expression operand, int offset) ->
                Operations.negate(value(operand), offset);
            case Expression.Not(Expression operand, _) -> !Operations.truth(value(operand));
            case Expression.Arithmetic(String operator, Expression left, Expression right, int offset) ->
                Operations.arithmetic(operator, value(left), value(right), offset);
            case Expression.Concatenation(List<Expression> parts, _) -> {
                var text = new StringBuilder();
                for (Expression part : parts) {
                    text.append(PythonText.str(value(part)));
                }
                yield text.toString();
            }
            case Expression.Comparison comparison -> compare(comparison);
            case Expression.And(Expression left, Expression right, _) -> {
                Object first = value(left);
                yield Operations.truth(first) ? maybe(right) : first;
            }
            case Expression.Or(Expression left, Expression right, _) -> {
                Object first = value(left);
                yield Operations.truth(first) ? first : maybe(right);
            }
            case Expression.Conditional conditional -> {
                if (Operations.truth(value(conditional.condition()))) {
                    yield maybe(conditional.yes());
                }
                Expression no = conditional.no();
                yield no == null ? "" : maybe(no);
            }
        };
    }

    private List<Object> values(List<Expression> expressions) throws TemplateException {
        var values = new ArrayList<Object>();
        for (Expression expression : expressions) {
            values.add(value(expression));
        }
        return values;
    }

    private Object lookUp(String name) {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Object value = scopes.get(i).get(name);
            if (value != null) {
                return value;
            }
        }
        return new Undefined("'" + name + "' is undefined");
    }

    private static Object attribute(Object target, String name) {
        if (Methods.exists(target, name)) {
            return new Method(target, name);
        }
        Object value = target instanceof Map<?, ?> map ? map.get(name) : null;
        return value != null
                ? value
                : new Undefined("The value " + PythonText.repr(target) + " has no attribute '"
                        + name + "'");
    }

    private static Object item(Object target, Object index, int offset) throws TemplateException {
        if (target instanceof Map<?, ?> map) {
            Object value = map.get(index);
            return value != null
                    ? value
                    : new Undefined("The value " + PythonText.repr(target) + " has no item "
                            + PythonText.repr(index));
        }
        if (index instanceof String name) {
            return attribute(target, name);
        }
        List<Object> elements = Operations.elements(target, offset);
        if (!Operations.isNumber(index) || index instanceof Double) {
            throw new TemplateException(
                    "An index must be an integer, not " + PythonText.repr(index) + ".", offset);
        }
        long at = Operations.toLong(index) < 0
                ? Operations.toLong(index) + elements.size()
                : Operations.toLong(index);
        return at >= 0 && at < elements.size()
                ? elements.get((int) at)
                : new Undefined(
                        "The value " + PythonText.repr(target) + " has no element " + index);
    }

    private Object call(Expression.Call call) throws TemplateException {
        List<Object> arguments = values(call.arguments().positional());
        if (!call.arguments().named().isEmpty()) {
            throw new TemplateException(
                    "Calls take arguments by position here, not "
                            + call.arguments().named().keySet() + ".",
                    call.offset());
        }
        if (call.target() instanceof Expression.Name(String name, _) && name.equals("range")) {
            return range(new Parameters("range", arguments, call.offset()));
        }
        if (value(call.target()) instanceof Method method) {
            return Methods.call(method, arguments, call.offset());
        }
        throw new TemplateException("Only methods of text, lists and dictionaries can be called.",
                call.offset());
    }

    private static List<Object> range(Parameters p) throws TemplateException {
        p.value(0);
        long start = p.size() > 1 ? p.integer(0, 0) : 0;
        long stop = p.size() > 1 ? p.integer(1, 0) : p.integer(0, 0);
        long step = p.integer(2, 1);
        if (step == 0 || Math.abs((double) stop - start) / Math.abs((double) step) > MAX_RANGE) {
            throw p.failure("needs a step that is not 0 and at most " + MAX_RANGE + " numbers");
        }
        var numbers = new ArrayList<Object>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            numbers.add(i);
        }
        return numbers;
    }

    private Object filter(Expression.Filter filter) throws TemplateException {
        if (filter.name().equals("map")) {
            return map(filter);
        }
        List<String> names = Filters.parameters(filter.name(), filter.offset());
        List<Object> arguments = values(filter.arguments().positional());
        Map<String, Expression> named = filter.arguments().named();
        for (String name : named.keySet()) {
            if (names.indexOf(name) < arguments.size()) {
                throw new TemplateException(
                        "The filter (" + filter.name() + ") has no further parameter (" + name
                                + ").",
                        filter.offset());
            }
        }
        for (int i = arguments.size(); i < names.size() && !named.isEmpty(); i++) {
            Expression argument = named.get(names.get(i));
            if (argument == null
                    && names.subList(i, names.size()).stream().noneMatch(named::containsKey)) {
                break;
            }
            arguments
                    .add(argument == null ? io.mendel.benchmark.python.None.NONE : value(argument));
        }
        var parameters = new Parameters(filter.name(), arguments, filter.offset());
        if (filter.name().equals("default") || filter.name().equals("d")) {
            Object input = maybe(filter.input());
            boolean replace = input instanceof Undefined
                    || (parameters.size() > 1 && Operations.truth(parameters.value(1))
                            && !Operations.truth(input));
            return !replace ? input : parameters.size() > 0 ? parameters.value(0) : "";
        }
        return Filters.apply(value(filter.input()), parameters);
    }

    /** {@code map('filter', arguments…)} or {@code map(attribute='name')}. */
    private Object map(Expression.Filter filter) throws TemplateException {
        List<Object> arguments = values(filter.arguments().positional());
        Expression attribute = filter.arguments().named().get("attribute");
        var mapped = new ArrayList<Object>();
        for (Object element : Operations.elements(value(filter.input()), filter.offset())) {
            var literal = new Expression.Literal(element, filter.offset());
            if (attribute != null) {
                mapped.add(value(new Expression.Index(literal, attribute, filter.offset())));
            } else {
                String name = new Parameters("map", arguments, filter.offset()).text(0);
                Filters.parameters(name, filter.offset());
                mapped.add(Filters.apply(element, new Parameters(name,
                        arguments.subList(1, arguments.size()), filter.offset())));
            }
        }
        return mapped;
    }

    private boolean test(Expression.Test test) throws TemplateException {
        if (test.name().equals("defined") || test.name().equals("undefined")) {
            return maybe(test.input()) instanceof Undefined == test.name().equals("undefined");
        }
        return Tests.holds(value(test.input()),
                new Parameters(test.name(), values(test.arguments()), test.offset()));
    }

    private boolean compare(Expression.Comparison comparison) throws TemplateException {
        Object left = value(comparison.first());
        for (int i = 0; i < comparison.operators().size(); i++) {
            Object right = value(comparison.others().get(i));
            if (!Operations.compare(comparison.operators().get(i), left, right,
                    comparison.offset())) {
                return false;
            }
            left = right;
        }
        return true;
    }
}
