package io.mendel.space;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * A logger that costs nothing before it says something.
 *
 * <p>
 * To find out who logs, Java opens all jars: a tenth of a second that most runs can do without.
 *
 * @since 0.1
 */
public final class LateLogger implements System.Logger {

    private final String name;

    private LateLogger(String name) {
        this.name = name;
    }

    /** The logger of a class. */
    public static System.Logger of(Class<?> type) {
        return new LateLogger(type.getName());
    }

    private System.Logger logger() {
        return System.getLogger(name);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return logger().isLoggable(level);
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message,
            @Nullable Throwable thrown) {
        logger().log(level, bundle, message, thrown);
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format,
            @Nullable Object @Nullable... parameters) {
        logger().log(level, bundle, format, parameters);
    }
}
