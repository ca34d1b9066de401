package io.github.rayservice.scaffolder.gitops.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.EditList;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.jspecify.annotations.Nullable;

/**
 * The difference between two sets of files, as {@code git diff} prints it and {@code git apply}
 * reads it.
 */
public final class UnifiedDiff {
  private UnifiedDiff() {}

  /**
   * Compares two sets of files, path to text.
   *
   * @return empty when they are equal
   */
  public static String between(Map<String, String> before, Map<String, String> after) {
    SortedSet<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    StringBuilder diff = new StringBuilder();
    for (String path : paths) {
      String old = before.get(path);
      String now = after.get(path);
      if (old == null || !old.equals(now)) {
        diff.append("--- ").append(old == null ? "/dev/null" : "a/" + path).append('\n');
        diff.append("+++ ").append(now == null ? "/dev/null" : "b/" + path).append('\n');
        diff.append(hunks(raw(old), raw(now)));
      }
    }
    return diff.toString();
  }

  private static RawText raw(@Nullable String text) {
    return text == null ? RawText.EMPTY_TEXT : new RawText(text.getBytes(UTF_8));
  }

  private static String hunks(RawText before, RawText after) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EditList edits = new HistogramDiff().diff(RawTextComparator.DEFAULT, before, after);
    try (DiffFormatter formatter = new DiffFormatter(out)) {
      formatter.format(edits, before, after);
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail", e);
    }
    return out.toString(UTF_8);
  }
}
