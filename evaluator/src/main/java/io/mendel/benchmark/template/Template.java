package io.mendel.benchmark.template;

import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Jinja2 template: text with {@code {{ expressions }}}, {@code {% if %}}, {@code {% for %}} and {@code {% set %}}.
 *
 * <p>
 * Behaves as {@code Environment(undefined=StrictUndefined, keep_trailing_newline=True)} with the harness's filter
 * {@code regex_replace}; printed values look as in Python. Values are those of {@link PythonText}. Immutable.
 *
 * @since 0.1
 */
public final class Template {

    private static final int MAX_OUTPUT = 16 << 20;

    private final String source;
    private final List<Statement> body;

    private Template(String source, List<Statement> body) {
        this.source = source;
        this.body = body;
    }

    /**
     * Reads a template.
     *
     * @param source its text; line ends become {@code \n}
     * @throws TemplateException if the syntax is wrong or not supported, with its position
     */
    public static Template parse(String source) throws TemplateException {
        String text = source.replace("\r\n", "\n").replace('\r', '\n');
        return new Template(text, List.copyOf(new TemplateParser(text).template()));
    }

    /** The text the template was read from. */
    public String source() {
        return source;
    }

    /**
     * Renders the template to text.
     *
     * @param variables the values of its names
     * @throws TemplateException if a name is undefined or an operation does not fit its values
     */
    public String render(Map<String, Object> variables) throws TemplateException {
        var out = new StringBuilder();
        run(body, new Evaluation(variables), out);
        return out.toString();
    }

    /**
     * Evaluates the template: the value itself if it is a single expression, else its text.
     *
     * @param variables the values of its names
     * @throws TemplateException if a name is undefined or an operation does not fit its values
     */
    public Object evaluate(Map<String, Object> variables) throws TemplateException {
        if (body.size() == 1 && body.getFirst() instanceof Statement.Print(Expression value)) {
            return new Evaluation(variables).value(value);
        }
        return render(variables);
    }

    private void run(List<Statement> statements, Evaluation scope, StringBuilder out)
            throws TemplateException {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Text(String text) -> out.append(text);
                case Statement.Print(Expression value) ->
                    out.append(PythonText.str(scope.value(value)));
                case Statement.Set(List<String> names, Expression value) ->
                    bind(names, scope.value(value), value.offset(), scope);
                case Statement.Capture(String name, List<Statement> captured) -> {
                    var text = new StringBuilder();
                    run(captured, scope, text);
                    scope.bind(name, text.toString());
                }
                case Statement.If(List<Statement.Branch> branches, List<Statement> otherwise) -> {
                    List<Statement> chosen = otherwise;
                    for (Statement.Branch branch : branches) {
                        if (Operations.truth(scope.value(branch.condition()))) {
                            chosen = branch.body();
                            break;
                        }
                    }
                    run(chosen, scope, out);
                }
                case Statement.For loop -> run(loop, scope, out);
            }
            if (out.length() > MAX_OUTPUT) {
                throw new TemplateException(
                        "The text must not be longer than " + MAX_OUTPUT + " characters.", 0);
            }
        }
    }

    private void run(Statement.For loop, Evaluation scope, StringBuilder out)
            throws TemplateException {
        int offset = loop.values().offset();
        List<Object> values = new ArrayList<>();
        for (Object value : Operations.elements(scope.value(loop.values()), offset)) {
            scope.push();
            bind(loop.names(), value, offset, scope);
            if (loop.condition() == null || Operations.truth(scope.value(loop.condition()))) {
                values.add(value);
            }
            scope.pop();
        }
        for (int i = 0; i < values.size(); i++) {
            scope.push();
            scope.bind("loop", position(i, values));
            bind(loop.names(), values.get(i), offset, scope);
            run(loop.body(), scope, out);
            scope.pop();
        }
        if (values.isEmpty()) {
            run(loop.otherwise(), scope, out);
        }
    }

    private static Map<String, Object> position(int i, List<Object> values) {
        var loop = new LinkedHashMap<String, Object>();
        loop.put("index", (long) i + 1);
        loop.put("index0", (long) i);
        loop.put("revindex", (long) values.size() - i);
        loop.put("revindex0", (long) values.size() - i - 1);
        loop.put("first", i == 0);
        loop.put("last", i == values.size() - 1);
        loop.put("length", (long) values.size());
        loop.put("previtem", i > 0 ? values.get(i - 1) : None.NONE);
        return loop;
    }

    private static void bind(List<String> names, Object value, int offset, Evaluation scope)
            throws TemplateException {
        if (names.size() == 1) {
            scope.bind(names.getFirst(), value);
            return;
        }
        List<Object> values = Operations.elements(value, offset);
        if (values.size() != names.size()) {
            throw new TemplateException(
                    "The names " + names + " need as many values, not " + PythonText.repr(value)
                            + ".",
                    offset);
        }
        for (int i = 0; i < names.size(); i++) {
            scope.bind(names.get(i), values.get(i));
        }
    }
}
