package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonText;
import io.mendel.benchmark.template.Template;
import io.mendel.benchmark.template.TemplateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A field such as {@code doc_to_text}: a column, a template or a constant.
 *
 * @param path the task file
 * @param field the field's name
 * @param source where values come from
 */
record DocField(Path path, String field, Source source) {

    /** Where the values of a field come from. */
    sealed interface Source {
        /** The same value for every document. */
        record Constant(Object value) implements Source {}

        /** A column as it is. */
        record Column(String name) implements Source {}

        /** A template over the columns. */
        record Rendered(Template template) implements Source {}
    }

    /**
     * Reads a field.
     *
     * @param columns the columns of the evaluated split; a field that is exactly one of them is that column
     */
    static DocField read(Fields fields, String name, Object value, Set<String> columns)
            throws TaskException {
        String field = fields.prefix() + name;
        return new DocField(fields.path(), field, switch (value) {
            case String text when columns.contains(text) -> new Source.Column(text);
            case String text -> new Source.Rendered(template(fields.path(), field, text));
            case Long number -> new Source.Constant(number);
            case Boolean bool -> new Source.Constant(bool ? 1L : 0L);
            case List<?> list -> new Source.Constant(new ArrayList<Object>(list));
            case Map<?, ?> map -> new Source.Constant(new ArrayList<Object>(map.values()));
            default ->
                throw fields.wrong(name, value, "a column, a template, an integer or a list");
        });
    }

    private static Template template(Path path, String field, String text) throws TaskException {
        try {
            return Template.parse(text);
        } catch (TemplateException e) {
            throw new TaskException(Kind.TEMPLATE, path, field + ", " + position(text, e.offset()),
                    e.problem(),
                    "Correct the template; columns, filters and the blocks if, for and set are supported.");
        }
    }

    /** Whether the field is a single word that is not a column, most likely a misspelt one. */
    boolean isBareWord() {
        return source instanceof Source.Rendered(Template template)
                && template.source().matches("[A-Za-z_][A-Za-z0-9_.]*");
    }

    /** The value as text if it comes from a template, else as it is. */
    Object of(Doc doc) throws TaskException {
        return switch (source) {
            case Source.Constant(Object value) -> value;
            case Source.Column(String name) -> column(doc, name);
            case Source.Rendered(Template template) -> {
                try {
                    yield template.render(doc.values());
                } catch (TemplateException e) {
                    throw failure(doc, template, e);
                }
            }
        };
    }

    /** The value; a template of a single expression gives that expression's value. */
    Object valueOf(Doc doc) throws TaskException {
        if (source instanceof Source.Rendered(Template template)) {
            try {
                return template.evaluate(doc.values());
            } catch (TemplateException e) {
                throw failure(doc, template, e);
            }
        }
        return of(doc);
    }

    private Object column(Doc doc, String name) throws TaskException {
        Object value = doc.values().get(name);
        if (value == null) {
            throw new TaskException(Kind.COLUMN, path, field + ", " + doc.place(),
                    "The document has no column (" + name + ").",
                    "Its columns are " + doc.values().keySet() + ".");
        }
        return value;
    }

    private TaskException failure(Doc doc, Template template, TemplateException e) {
        Kind kind = e.undefined() ? Kind.COLUMN : Kind.TEMPLATE;
        return new TaskException(kind, path,
                field + ", " + position(template.source(), e.offset()) + ", document of "
                        + doc.place(),
                e.problem(), "The columns are " + doc.values().keySet() + ".");
    }

    TaskException wrong(Doc doc, Object value, String wanted) {
        return new TaskException(Kind.VALUE, path, field + ", document of " + doc.place(),
                "The value of (" + field + ") must be " + wanted + ", not "
                        + (value == None.NONE ? "None" : PythonText.repr(value)) + ".",
                "Correct the field or the document.");
    }

    private static String position(String source, int offset) {
        String before = source.substring(0, Math.min(offset, source.length()));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return "template line " + line + " character "
                + (before.length() - before.lastIndexOf('\n'));
    }
}
