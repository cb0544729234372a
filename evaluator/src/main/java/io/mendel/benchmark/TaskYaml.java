package io.mendel.benchmark;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.mendel.benchmark.TaskException.Kind;
import io.mendel.benchmark.python.None;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a task file and what it includes into one mapping of plain values. */
final class TaskYaml {

    private static final YAMLFactory FACTORY = new YAMLFactory();

    private final Path path;

    private TaskYaml(Path path) {
        this.path = path;
    }

    /** The fields of the file: those of its includes, later ones over earlier, then its own over all. */
    static Map<String, Object> read(Path path) throws TaskException {
        return read(path, new ArrayDeque<>());
    }

    private static Map<String, Object> read(Path path, Deque<Path> includers) throws TaskException {
        if (!Files.isRegularFile(path)) {
            throw new TaskException(Kind.MISSING_FILE,
                    includers.isEmpty() ? path : includers.peek(),
                    includers.isEmpty() ? "" : "include", "The task file " + path + " must exist.",
                    "Check the path; an include is relative to the file that includes it.");
        }
        Path absolute = path.toAbsolutePath().normalize();
        if (includers.contains(absolute)) {
            throw new TaskException(Kind.YAML, path, "include", "A file must not include itself.",
                    "Remove the include.");
        }
        Map<String, Object> own = new TaskYaml(path).parse();
        Object includes = own.remove("include");
        if (includes == null || includes == None.NONE) {
            return own;
        }
        includers.push(absolute);
        var merged = new LinkedHashMap<String, Object>();
        for (Object include : includes instanceof List<?> list ? list : List.of(includes)) {
            if (!(include instanceof String file)) {
                throw new TaskException(Kind.VALUE, path, "include",
                        "An include must be a file name, not " + include + ".",
                        "Write include: other.yaml or a list of files.");
            }
            Map<String, Object> included = read(absolute.resolveSibling(file), includers);
            included.remove("task_list");
            merged.putAll(included);
        }
        includers.pop();
        merged.putAll(own);
        return merged;
    }

    private Map<String, Object> parse() throws TaskException {
        try (YAMLParser parser = FACTORY.createParser(Files.newInputStream(path))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new TaskException(Kind.YAML, path, "",
                        "A task file must be a mapping of fields.",
                        "Start it with a line such as task: my_task.");
            }
            return map(parser, "");
        } catch (JsonProcessingException e) {
            throw new TaskException(Kind.YAML, path, line(e.getLocation()),
                    "The file must be valid YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse("broken"),
                    "Fix this line or the one before.");
        } catch (IOException e) {
            throw new TaskException(Kind.MISSING_FILE, path, "",
                    "The file must be readable: " + e.getMessage(),
                    "Check its permissions.");
        }
    }

    private Map<String, Object> map(YAMLParser parser, String field)
            throws IOException, TaskException {
        var values = new LinkedHashMap<String, Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            values.put(name, value(parser, field.isEmpty() ? name : field + "." + name));
        }
        return values;
    }

    private Object value(YAMLParser parser, String field) throws IOException, TaskException {
        if ("function".equals(parser.getTypeId())) {
            throw new TaskException(Kind.UNSUPPORTED, path,
                    field + ", " + line(parser.currentTokenLocation()),
                    "The field (" + field + ") calls Python code (!function).",
                    "Express it as a Jinja template, or prepare the data file beforehand.");
        }
        if (parser.isCurrentAlias()) {
            throw new TaskException(Kind.UNSUPPORTED, path,
                    field + ", " + line(parser.currentTokenLocation()),
                    "The field (" + field + ") uses a YAML alias.", "Write the value out.");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> map(parser, field);
            case START_ARRAY -> {
                var elements = new ArrayList<Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser, field + "[" + elements.size() + "]"));
                }
                yield elements;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> None.NONE;
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> parser.getText();
        };
    }

    private static Object integer(YAMLParser parser) throws IOException {
        return parser
                .getNumberType() == com.fasterxml.jackson.core.JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getBigIntegerValue()
                        : (Object) parser.getLongValue();
    }

    private static String line(JsonLocation location) {
        return location == null ? "" : "line " + location.getLineNr();
    }
}
