package io.mendel.merge.cuda;

import io.mendel.checkpoint.DType;
import java.util.List;

/**
 * A kernel.
 *
 * @param module the source file it is in
 * @param name its name in there
 */
record Kernel(String module, String name) {

    /** The source files, without their extension. */
    static final List<String> MODULES = List.of("sums_bf16", "sums_f16", "sums_f32", "sums_any",
            "deltas_bf16", "deltas_f16", "deltas_f32", "deltas_any", "methods", "statistics");
    /** Threads of a block. */
    static final int BLOCK = 256;
    /** Elements of a thread. */
    static final int WIDTH = 8;
    /** Most inputs of a kernel besides the base. */
    static final int MOST_TERMS = 32;

    private static final int MOST_UNROLLED = 4;

    /** The kernel of weighted sums of inputs of these types. */
    static Kernel sum(List<DType> inputs) {
        return of("sums_", "sum_", inputs, inputs.size());
    }

    /** The kernel of deltas of inputs of these types, the first of which is the base. */
    static Kernel deltas(List<DType> inputs) {
        return of("deltas_", "deltas_", inputs, inputs.size() - 1);
    }

    static Kernel method(String name) {
        return new Kernel("methods", name);
    }

    static Kernel statistic(String name) {
        return new Kernel("statistics", name);
    }

    /** How many threads a run needs. */
    static int threads(int elements) {
        return (elements + WIDTH - 1) / WIDTH;
    }

    private static Kernel of(String module, String name, List<DType> inputs, int terms) {
        boolean alike = inputs.stream().distinct().count() == 1;
        String type = switch (inputs.getFirst()) {
            case BF16 -> "bf16";
            case F16 -> "f16";
            case F32 -> "f32";
            case F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> "any";
        };
        return alike && terms <= MOST_UNROLLED && !type.equals("any")
                ? new Kernel(module + type, name + type + "_" + terms)
                : new Kernel(module + "any", name + "any");
    }
}
