package io.mendel.campaign;

import io.mendel.graph.DecoderConfig;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first property in which two models are too different to be merged.
 *
 * @param property what it is, in the words of {@code config.json}
 * @param first its value in the first model
 * @param second its value in the second model
 */
record ShapeDifference(String property, String first, String second) {

    /** What may differ between models that are merged all the same. */
    private static final Set<String> HARMLESS = Set.of("architecture", "maxPositions", "bosToken",
            "eosTokens");

    /** The difference between two shapes, or null if there is none that matters. */
    static @Nullable ShapeDifference between(DecoderConfig first, DecoderConfig second) {
        return between("", first, second);
    }

    private static @Nullable ShapeDifference between(String prefix, Record first, Record second) {
        for (RecordComponent component : first.getClass().getRecordComponents()) {
            if (HARMLESS.contains(component.getName())) {
                continue;
            }
            String property = prefix + words(component.getName());
            Object a = value(component, first);
            Object b = value(component, second);
            if (a instanceof Record one && b instanceof Record other) {
                ShapeDifference inner = between(property + ".", one, other);
                if (inner != null) {
                    return inner;
                }
            } else if (!Objects.equals(a, b)) {
                return new ShapeDifference(property, text(a), text(b));
            }
        }
        return null;
    }

    /** Such as {@code vocab_size} of {@code vocabSize}. */
    private static String words(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static @Nullable Object value(RecordComponent component, Record owner) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A public record can always be read.", e);
        }
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "none";
            case Record present -> "given";
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
            default -> {
                String text = value.toString();
                yield text.length() <= 60 ? text : text.substring(0, 57) + "…";
            }
        };
    }
}
