package io.mendel.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Typed, checked access to the fields of a JSON object; a field that is null counts as absent.
 *
 * <p>
 * Types are not converted: neither {@code "32"} nor {@code 32.0} is an integer, neither 0 nor {@code "false"} a boolean.
 *
 * @param file named in errors
 * @param prefix path of the object inside the file, empty or ending with a dot
 * @param object the object
 */
record ConfigFields(Path file, String prefix, JsonNode object) {

    private static final String REMEDY = "Repair config.json, or download it again.";

    /** Whether the field exists and is not null. */
    boolean has(String field) {
        return object.hasNonNull(field);
    }

    /** Whether the field exists and is null. */
    boolean isNull(String field) {
        return object.path(field).isNull();
    }

    /** An integer from 1 to {@code max}. */
    int count(String field, int defaultValue, int max) throws CheckpointException {
        JsonNode value = object.path(field);
        if (value.isNull() || value.isMissingNode()) {
            return defaultValue;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1
                || value.intValue() > max) {
            throw invalid(field, "an integer from 1 to " + max, value);
        }
        return value.intValue();
    }

    /** A finite number above 0. */
    double positive(String field, double defaultValue) throws CheckpointException {
        return has(field) ? positive(field) : defaultValue;
    }

    /** A finite number above 0 that must be there. */
    double positive(String field) throws CheckpointException {
        JsonNode value = object.path(field);
        double number = value.doubleValue();
        if (!value.isNumber() || !(number > 0) || Double.isInfinite(number)) {
            throw invalid(field, "a finite number above 0", value);
        }
        return number;
    }

    /** True or false. */
    boolean flag(String field, boolean defaultValue) throws CheckpointException {
        if (!has(field)) {
            return defaultValue;
        }
        JsonNode value = object.path(field);
        if (!value.isBoolean()) {
            throw invalid(field, "true or false", value);
        }
        return value.booleanValue();
    }

    /** A string, or null if absent. */
    @Nullable
    String text(String field) throws CheckpointException {
        if (!has(field)) {
            return null;
        }
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw invalid(field, "a string", value);
        }
        return value.textValue();
    }

    /** The fields of an object, or null if absent. */
    @Nullable
    ConfigFields fields(String field) throws CheckpointException {
        if (!has(field)) {
            return null;
        }
        JsonNode value = object.path(field);
        if (!value.isObject()) {
            throw invalid(field, "an object", value);
        }
        return new ConfigFields(file, prefix + field + ".", value);
    }

    /** The fields of an object that is absent. */
    ConfigFields none(String field) {
        return new ConfigFields(file, prefix + field + ".", JsonNodeFactory.instance.objectNode());
    }

    /** The exception for a value that is not what is required. */
    CheckpointException invalid(String field, String required, JsonNode value) {
        String found = value.isMissingNode() ? "absent" : value.toString();
        return invalid(field + " must be " + required + ", not "
                + (found.length() > 100 ? found.substring(0, 100) + "…" : found) + ".");
    }

    /** The exception for a contradiction; {@code problem} starts with the field. */
    CheckpointException invalid(String problem) {
        return new CheckpointException(Kind.CONFIG, file, prefix + problem, REMEDY);
    }

    /** The exception for something valid that cannot be run; {@code problem} starts with the field. */
    CheckpointException unsupported(String problem, String remedy) {
        return new CheckpointException(Kind.UNSUPPORTED, file, prefix + problem, remedy);
    }
}
