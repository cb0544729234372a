package io.mendel.graph;

/**
 * What the queries of a layer graph may see, and which extra inputs say so.
 *
 * @since 0.1
 */
public sealed interface AttentionForm {

    /** Every token sees itself and all earlier ones of its row; padding, if any, is to the right. No extra inputs. */
    record Causal() implements AttentionForm {}

    /**
     * A row is a forest of tokens in pre-order: a token sees its ancestors and itself. Sequences with a common prefix
     * share the prefix, unrelated ones stand side by side. Extra inputs: {@link GraphValues#INDICES},
     * {@link GraphValues#ENDS}.
     *
     * @param window the number of keys a query sees along its path, itself included; 0 for all
     */
    record Packed(int window) implements AttentionForm {
        public Packed {
            if (window < 0) {
                throw new IllegalArgumentException(
                        "The window (" + window + ") must not be negative.");
            }
        }
    }

    /**
     * New tokens see what an explicit mask says, earlier tokens included. Extra inputs: {@link GraphValues#MASK},
     * {@link GraphValues#PAST_KEYS}, {@link GraphValues#PAST_VALUES}; extra outputs: {@link GraphValues#PRESENT_KEYS},
     * {@link GraphValues#PRESENT_VALUES}.
     */
    record Cached() implements AttentionForm {}
}
