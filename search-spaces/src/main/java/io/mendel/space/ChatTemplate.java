package io.mendel.space;

import java.util.List;

/**
 * The chat template of the merged model.
 *
 * @since 0.1
 */
public sealed interface ChatTemplate {

    /** The names that mergekit knows templates for. */
    List<String> BUILT_IN = List.of("alpaca", "chatml", "exaone", "llama3", "mistral");

    /** The one that most models use. */
    record Auto() implements ChatTemplate {}

    /**
     * A well-known one.
     *
     * @param name one of {@link #BUILT_IN}
     */
    record Named(String name) implements ChatTemplate {
        public Named {
            if (!BUILT_IN.contains(name)) {
                throw new IllegalArgumentException("unknown chat template '" + name + "'. "
                        + InvalidInputException.didYouMean(name, BUILT_IN));
            }
        }
    }

    /**
     * One that the recipe spells out.
     *
     * @param jinja at least 20 characters, among them a <code>{</code>
     */
    record Literal(String jinja) implements ChatTemplate {

        private static final int SHORTEST = 20;

        public Literal {
            if (!isTemplate(jinja)) {
                throw new IllegalArgumentException(
                        "A literal chat template needs at least 20 characters and a '{'.");
            }
        }

        private static boolean isTemplate(String text) {
            return text.length() >= SHORTEST && text.contains("{");
        }
    }

    /**
     * The template that a recipe means: {@code auto}, a built-in name, or the Jinja text itself.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static ChatTemplate of(String text) {
        if (text.equals("auto")) {
            return new Auto();
        }
        return Literal.isTemplate(text) ? new Literal(text) : new Named(text);
    }

    /** What a recipe writes. */
    default String text() {
        return switch (this) {
            case Auto() -> "auto";
            case Named(String name) -> name;
            case Literal(String jinja) -> jinja;
        };
    }
}
