package io.github.rayservice.scaffolder.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;

/** The messages of a log category, from the start of this object to its end. */
public final class LoggedLines implements AutoCloseable {
  private final Logger category;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(new PatternFormatter("%s").format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  public LoggedLines(String category) {
    this.category = Logger.getLogger(category);
    this.category.addHandler(handler);
  }

  /** The messages so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    category.removeHandler(handler);
  }
}
