package io.mendel.merge;

import java.util.Collection;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a tensor inside a layer, such as {@code model.layers.3.mlp.up_proj.weight}, cut at its layer number.
 *
 * @param stack what precedes the number, such as {@code model.layers}
 * @param layer the number
 * @param rest what follows it, such as {@code mlp.up_proj.weight}
 */
record LayerName(String stack, int layer, String rest) {

    private static final Pattern NUMBERED = Pattern.compile("(.+?)\\.(\\d{1,6})\\.(.+)");

    /** The parts of a name, or null if it has no number. */
    static @Nullable LayerName of(String tensor) {
        Matcher matcher = NUMBERED.matcher(tensor);
        return matcher.matches()
                ? new LayerName(matcher.group(1), Integer.parseInt(matcher.group(2)),
                        matcher.group(3))
                : null;
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
