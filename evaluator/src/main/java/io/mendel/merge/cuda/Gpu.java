package io.mendel.merge.cuda;

/**
 * A GPU of this machine.
 *
 * @param ordinal its number, as in {@code --device cuda:N}
 * @param name what NVIDIA calls it
 * @param major compute capability before the point
 * @param minor compute capability behind the point
 * @param memoryBytes size of its memory
 * @since 0.1
 */
public record Gpu(int ordinal, String name, int major, int minor, long memoryBytes) {

    /** Whether the kernels run on it: compute capability 7.5 or higher. */
    public boolean usable() {
        return major > 7 || (major == 7 && minor >= 5);
    }
}
