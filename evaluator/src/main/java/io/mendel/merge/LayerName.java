package io.mendel.merge;

import java.util.Collection;
import java.util.Comparator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The name of a tensor inside a layer, such as {@code model.layers.3.mlp.up_proj.weight}, cut at its layer number.
 *
 * @param stack what precedes the number, such as {@code model.layers}
 * @param layer the number
 * @param rest what follows it, such as {@code mlp.up_proj.weight}
 */
record LayerName(String stack, int layer, String rest) {

    private static final int MOST_DIGITS = 6;

    /** The parts of a name at the first number in it, or null if it has none. */
    static @Nullable LayerName of(String tensor) {
        int dot = tensor.indexOf('.', 1);
        while (dot >= 0) {
            int end = tensor.indexOf('.', dot + 1);
            if (end < 0 || end + 1 == tensor.length()) {
                return null;
            }
            if (isNumber(tensor, dot + 1, end)) {
                return new LayerName(tensor.substring(0, dot),
                        Integer.parseInt(tensor, dot + 1, end, 10), tensor.substring(end + 1));
            }
            dot = end;
        }
        return null;
    }

    private static boolean isNumber(String text, int from, int to) {
        if (to == from || to - from > MOST_DIGITS) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** The stack with the most tensors: the decoder's layers; null if no tensor has a number. */
    static @Nullable String mainStack(Collection<String> tensors) {
        var sizes = new TreeMap<String, Integer>();
        for (String tensor : tensors) {
            LayerName name = of(tensor);
            if (name != null) {
                sizes.merge(name.stack(), 1, Integer::sum);
            }
        }
        return sizes.entrySet()
                .stream()
                .max(Comparator.comparing(java.util.Map.Entry::getValue))
                .map(java.util.Map.Entry::getKey)
                .orElse(null);
    }

    String at(int otherLayer) {
        return stack + "." + otherLayer + "." + rest;
    }
}
