package io.mendel.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mendel.benchmark.TaskException.Kind;
import io.mendel.benchmark.python.None;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds and reads the local JSON and JSONL files of a task, as {@code datasets.load_dataset("json", …)} does. */
final class DataFiles {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(com.fasterxml.jackson.core.json.JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path yaml;
    private final List<Path> folders;

    /**
     * Looks in the working directory, then in the folders, then beside the task file.
     *
     * @param yaml the task file
     * @param searchFolders where else to look, in this order
     */
    DataFiles(Path yaml, List<Path> searchFolders) {
        this.yaml = yaml;
        this.folders = new ArrayList<>(List.of(Path.of("")));
        folders.addAll(searchFolders);
        folders.add(yaml.toAbsolutePath().getParent());
    }

    SortedMap<String, Split> read(Fields task) throws TaskException {
        if (!"json".equals(task.require("dataset_path"))) {
            throw task.unsupported("dataset_path", "must be json, not " + task.get("dataset_path")
                    + ": data sets are never downloaded",
                    "Export the data set to JSON lines and name the files in dataset_kwargs.data_files.");
        }
        Fields arguments = task.map("dataset_kwargs");
        arguments
                .allowOnly(Set.of("data_files", "field", "trust_remote_code", "data_dir", "split"));
        for (String unsupported : List.of("data_dir", "split")) {
            if (arguments.has(unsupported)) {
                throw arguments.unsupported(unsupported, "is not read",
                        "Name the files in data_files.");
            }
        }
        var splits = new TreeMap<String, Split>();
        Object files = arguments.require("data_files");
        if (files instanceof Map<?, ?>) {
            Fields map = arguments.map("data_files");
            for (String split : map.values().keySet()) {
                splits.put(split, read(split, map, split, arguments.text("field")));
            }
        } else {
            splits.put("train", read("train", arguments, "data_files", arguments.text("field")));
        }
        return splits;
    }

    private Split read(String split, Fields fields, String field,
            @org.jspecify.annotations.Nullable String rows)
            throws TaskException {
        List<String> names = fields.texts(field);
        if (names == null || names.isEmpty()) {
            throw fields.wrong(field, None.NONE, "a file name");
        }
        var lines = new ArrayList<Row>();
        for (String name : names) {
            Path file = find(name, fields, field);
            lines.addAll(rows == null ? rows(file) : nested(file, rows));
        }
        var columns = new LinkedHashSet<String>();
        lines.forEach(line -> columns.addAll(line.values().keySet()));
        var docs = new ArrayList<Doc>();
        for (Row line : lines) {
            columns.forEach(column -> line.values().putIfAbsent(column, None.NONE));
            docs.add(
                    new Doc(docs.size(), Collections.unmodifiableMap(line.values()), line.place()));
        }
        Path first = find(names.getFirst(), fields, field);
        if (docs.isEmpty()) {
            throw new TaskException(Kind.DATA, first, "",
                    "The split (" + split + ") must have documents.",
                    "Write one JSON object per line.");
        }
        return new Split(split, first, columns, List.copyOf(docs));
    }

    private Path find(String name, Fields fields, String field) throws TaskException {
        for (Path folder : folders) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new TaskException(Kind.MISSING_FILE, yaml, fields.prefix() + field,
                "The data file (" + name + ") must exist in one of "
                        + folders.stream()
                                .map(folder -> folder.toAbsolutePath().toString())
                                .distinct()
                                .toList()
                        + ".",
                "Correct the path; it is relative to the working directory, the campaign's folder or the task file's.");
    }

    private record Row(Map<String, Object> values, String place) {}

    private static List<Row> rows(Path file) throws TaskException {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            reader.mark(1);
            int first = reader.read();
            reader.reset();
            if (first == '[') {
                return array(file, JSON.readTree(reader));
            }
            var rows = new ArrayList<Row>();
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    rows.add(row(file, line, number));
                }
            }
            return rows;
        } catch (JsonProcessingException e) {
            throw new TaskException(Kind.DATA, file, "line " + e.getLocation().getLineNr(),
                    "The file must be a JSON array: "
                            + e.getOriginalMessage(),
                    "Correct this line.");
        } catch (IOException e) {
            throw new TaskException(Kind.DATA, file, "", "The file must be readable as UTF-8: " + e,
                    "Convert it to UTF-8.");
        }
    }

    private static Row row(Path file, String line, int number) throws TaskException {
        String place = "line " + number;
        try {
            JsonNode node = JSON.readTree(line);
            if (node.isObject()) {
                return new Row(object(node), place);
            }
            throw new TaskException(Kind.DATA, file, place, "A line must be a JSON object.",
                    "Write {\"column\": value, …}.");
        } catch (JsonProcessingException e) {
            throw new TaskException(Kind.DATA, file,
                    place + ", column " + e.getLocation().getColumnNr(),
                    "A line must be a JSON object: " + e.getOriginalMessage(),
                    "Correct or remove this line.");
        }
    }

    private static List<Row> nested(Path file, String field) throws TaskException {
        try {
            JsonNode node = JSON.readTree(Files.readString(file)).path(field);
            if (!node.isArray()) {
                throw new TaskException(Kind.DATA, file, field,
                        "The field (" + field + ") must be an array of objects.",
                        "Correct dataset_kwargs.field.");
            }
            return array(file, node);
        } catch (JsonProcessingException e) {
            throw new TaskException(Kind.DATA, file, "line " + e.getLocation().getLineNr(),
                    "The file must be JSON: "
                            + e.getOriginalMessage(),
                    "Correct this line.");
        } catch (IOException e) {
            throw new TaskException(Kind.DATA, file, "", "The file must be readable as UTF-8: " + e,
                    "Convert it to UTF-8.");
        }
    }

    private static List<Row> array(Path file, JsonNode array) throws TaskException {
        var rows = new ArrayList<Row>();
        for (JsonNode node : array) {
            String place = "element " + rows.size();
            if (!node.isObject()) {
                throw new TaskException(Kind.DATA, file, place, "An element must be a JSON object.",
                        "Write [{\"column\": value, …}, …].");
            }
            rows.add(new Row(object(node), place));
        }
        return rows;
    }

    private static Map<String, Object> object(JsonNode node) {
        var values = new LinkedHashMap<String, Object>();
        node.properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
        return values;
    }

    private static Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> object(node);
            case ARRAY -> {
                var elements = new ArrayList<Object>();
                node.forEach(element -> elements.add(value(element)));
                yield elements;
            }
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> {
                if (!node.isIntegralNumber()) {
                    yield node.doubleValue();
                }
                yield node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue();
            }
            case STRING -> node.textValue();
            default -> None.NONE;
        };
    }
}
