package io.mendel.cli;

import java.util.Arrays;
import java.util.List;

/**
 * Runs several commands in one Java process, from which the launcher's {@code quick-start} learns what a start needs.
 */
final class Rehearsal {

    private static final String NEXT = "--";

    private Rehearsal() {}

    /**
     * Runs commands in turn up to the first that fails, and exits with its code.
     *
     * @param args command lines, divided by {@code --}
     */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        List<String> all = Arrays.asList(args);
        int code = 0;
        for (int from = 0; from < all.size() && code == 0;) {
            int next = all.subList(from, all.size()).indexOf(NEXT);
            int to = next < 0 ? all.size() : from + next;
            code = Mendel.run(terminal, all.subList(from, to).toArray(String[]::new));
            from = to + 1;
        }
        System.exit(code);
    }
}
