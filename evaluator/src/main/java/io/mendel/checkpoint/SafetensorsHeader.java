package io.mendel.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, read as a token stream so that memory follows the tensors, not the bytes.
 *
 * <pre>
 * {"__metadata__": {string: string}, name: {"dtype": string, "shape": [int], "data_offsets": [begin, end]}, …}
 * </pre>
 *
 * Every rule of the reference implementation is checked, and one more: a name may not occur twice, even with the same
 * entry. Unknown fields of an entry are ignored, as there.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">safetensors format</a>
 */
final class SafetensorsHeader {

    private static final String METADATA = "__metadata__";
    // No model comes near; they bound what a hostile header can make us allocate.
    private static final int MAX_TENSORS = 1 << 18;
    private static final int MAX_RANK = 64;
    private static final String REMEDY = "The file is damaged or was written by a faulty tool: download or export it again.";

    /**
     * A tensor and the place of its data.
     *
     * @param info name, element type and shape
     * @param begin first byte, counted from the end of the header
     * @param end byte after the last one
     */
    record Entry(TensorInfo info, long begin, long end) {}

    private final Path file;
    private final JsonParser json;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /**
     * What a header says.
     *
     * @param entries the tensors in the order of their data
     * @param metadata free text by key
     */
    record Content(List<Entry> entries, Map<String, String> metadata) {}

    private SafetensorsHeader(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /**
     * Parses and validates a header.
     *
     * @param file named in errors
     * @param header exactly the bytes of the header
     * @param dataSize bytes that follow the header; the tensors must cover them without hole or overlap
     */
    static Content read(Path file, InputStream header, long dataSize) throws CheckpointException {
        try (JsonParser json = StrictJson.parser(header)) {
            var reader = new SafetensorsHeader(file, json);
            reader.readObject();
            List<Entry> entries = new ArrayList<>(reader.entries.values());
            reader.verifyCoverage(entries, dataSize);
            return new Content(entries, reader.metadata);
        } catch (JsonProcessingException e) {
            // The parser itself refuses a name that occurs twice in one object.
            boolean duplicate = e.getOriginalMessage().startsWith("Duplicate field");
            throw new CheckpointException(duplicate ? Kind.DUPLICATE : Kind.HEADER, file,
                    (duplicate
                            ? "A name occurs twice in the header: "
                            : "The header is not valid JSON: ")
                            + StrictJson.describe(e) + ".",
                    REMEDY, e);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(Kind.HEADER, file, "The header is not UTF-8.", REMEDY, e);
        } catch (IOException e) {
            throw StrictJson.unreadable(file, e);
        }
    }

    private void readObject() throws IOException, CheckpointException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "The header");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (name.equals(METADATA)) {
                readMetadata();
            } else {
                entries.put(name, readEntry(name));
                if (entries.size() > MAX_TENSORS) {
                    throw problem(Kind.HEADER,
                            "The header must list at most " + MAX_TENSORS + " tensors.");
                }
            }
        }
        JsonToken rest = json.nextToken();
        if (rest != null) {
            throw problem(Kind.HEADER, "The header goes on after its JSON object.");
        }
    }

    private void readMetadata() throws IOException, CheckpointException {
        expect(json.nextToken(), JsonToken.START_OBJECT, METADATA);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            expect(json.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key);
            metadata.put(key, json.getText());
        }
    }

    private Entry readEntry(String name) throws IOException, CheckpointException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "The entry of " + quoted(name));
        DType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(value, JsonToken.VALUE_STRING, "The dtype of " + quoted(name));
                    dtype = dtype(name, json.getText());
                }
                case "shape" -> shape = integers(Kind.SHAPE, "The shape of " + quoted(name));
                case "data_offsets" -> offsets = integers(Kind.OFFSETS,
                        "The data_offsets of " + quoted(name));
                default -> json.skipChildren();
            }
        }
        if (offsets != null && offsets.size() != 2) {
            throw problem(Kind.HEADER,
                    "The data_offsets of %s must be two integers, not %d.".formatted(quoted(name),
                            offsets.size()));
        }
        return entry(name, present(name, "dtype", dtype), present(name, "shape", shape),
                present(name, "data_offsets", offsets));
    }

    private Entry entry(String name, DType dtype, List<Long> shape, List<Long> offsets)
            throws CheckpointException {
        TensorInfo info;
        try {
            info = new TensorInfo(name, dtype, shape);
        } catch (ArithmeticException e) {
            throw new CheckpointException(Kind.SHAPE, file,
                    "The tensor %s has more than 2^63 bytes (%s of shape %s)."
                            .formatted(quoted(name), dtype, shape),
                    REMEDY, e);
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (end < begin || end - begin != info.byteSize()) {
            throw problem(Kind.OFFSETS,
                    "The tensor %s needs %d bytes (%s of shape %s), but its data_offsets are [%d, %d]."
                            .formatted(
                                    quoted(name), info.byteSize(), dtype, shape, begin, end));
        }
        return new Entry(info, begin, end);
    }

    private <T> T present(String name, String field, @Nullable T value) throws CheckpointException {
        if (value == null) {
            throw problem(Kind.HEADER, "The entry of " + quoted(name) + " has no " + field + ".");
        }
        return value;
    }

    private DType dtype(String name, String text) throws CheckpointException {
        for (DType dtype : DType.values()) {
            if (dtype.name().equals(text)) {
                return dtype;
            }
        }
        throw new CheckpointException(Kind.DTYPE, file,
                "The tensor %s has the unknown dtype %s.".formatted(quoted(name), quoted(text)),
                "Use a checkpoint in F32, F16 or BF16; 8-bit floats and packed types are not supported.");
    }

    /** Reads non-negative integers; anything else, even 1.0, is an error. */
    private List<Long> integers(Kind kind, String what) throws IOException, CheckpointException {
        expect(json.currentToken(), JsonToken.START_ARRAY, what);
        List<Long> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            JsonToken token = json.currentToken();
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw problem(Kind.HEADER, what + " must hold integers, not "
                        + (token == null ? "the end of the header" : describe(token)) + ".");
            }
            if (values.size() == MAX_RANK) {
                throw problem(kind, what + " must have at most " + MAX_RANK + " numbers.");
            }
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    || json.getLongValue() < 0) {
                throw problem(kind,
                        what + " must hold integers from 0 to 2^63 - 1, not "
                                + quoted(json.getText()) + ".");
            }
            values.add(json.getLongValue());
        }
        return values;
    }

    private void verifyCoverage(List<Entry> entries, long dataSize) throws CheckpointException {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry entry : entries) {
            if (entry.end() > dataSize) {
                throw problem(Kind.TRUNCATED,
                        "The tensor %s ends at byte %d of the data, which has only %d.".formatted(
                                quoted(entry.info().name()), entry.end(), dataSize));
            }
            if (entry.begin() != covered) {
                throw problem(Kind.OFFSETS,
                        "The tensor %s begins at byte %d of the data, but %s %d.".formatted(
                                quoted(entry.info().name()), entry.begin(),
                                entry.begin() < covered
                                        ? "the one before ends at"
                                        : "nothing covers the bytes from",
                                covered));
            }
            covered = entry.end();
        }
        if (covered != dataSize) {
            throw problem(Kind.OFFSETS,
                    "The tensors end at byte %d of the data, which has %d.".formatted(covered,
                            dataSize));
        }
    }

    private void expect(@Nullable JsonToken found, JsonToken wanted, String what)
            throws CheckpointException {
        if (found != wanted) {
            throw problem(Kind.HEADER, what + " must be " + describe(wanted) + ", not "
                    + (found == null ? "the end of the header" : describe(found)) + ".");
        }
    }

    private static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "a JSON object";
            case START_ARRAY -> "a JSON array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a floating-point number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                token.name();
        };
    }

    private CheckpointException problem(Kind kind, String problem) {
        return new CheckpointException(kind, file, problem, REMEDY);
    }

    /** The name in quotes, cut if it is absurdly long. */
    private static String quoted(String name) {
        return "'" + (name.length() <= 200 ? name : name.substring(0, 200) + "…") + "'";
    }
}
