package io.mendel.merge.cuda;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What is in the PTX of the jar. */
final class ShippedKernels {

    private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");

    private ShippedKernels() {}

    static String text(String module) {
        return new String(KernelImages.ptx(module), StandardCharsets.US_ASCII);
    }

    static List<String> names() {
        return Kernel.MODULES.stream()
                .flatMap(module -> ENTRY.matcher(text(module)).results())
                .map(match -> match.group(1))
                .toList();
    }
}
