package io.mendel.cli;

import io.mendel.merge.WriteOptions;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar of written bytes with rate and time left; silent where there is no terminal. */
final class ByteProgress implements WriteOptions.Progress, AutoCloseable {

    private static final int MIB = 1 << 20;

    private final Terminal terminal;
    private final String task;
    private @Nullable ProgressBar bar;

    ByteProgress(Terminal terminal, String task) {
        this.terminal = terminal;
        this.task = task;
    }

    @Override
    public void written(long writtenBytes, long totalBytes) {
        if (!terminal.interactive()) {
            return;
        }
        if (bar == null) {
            bar = new ProgressBarBuilder().setTaskName(task)
                    .setInitialMax(totalBytes)
                    .setUnit(" MiB", MIB)
                    .showSpeed()
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), 100))
                    .build();
        }
        bar.stepTo(writtenBytes);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
