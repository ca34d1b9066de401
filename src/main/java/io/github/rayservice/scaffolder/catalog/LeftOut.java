package io.github.rayservice.scaffolder.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of a {@code catalog-info.yaml} is not shown, and why: told on the Component itself. */
final class LeftOut {
  private static final int MOST = 20;
  private static final int LONGEST = 160;

  private final List<String> findings = new ArrayList<>();
  private int more;

  /**
   * Notes one place. Both texts may hold what people wrote, and are cut.
   *
   * @param path of the field, with its keys
   * @param why what is wrong there
   */
  void add(String path, String why) {
    if (findings.size() == MOST) {
      more++;
      return;
    }
    findings.add(shown(path) + " " + shown(why));
  }

  private static String shown(String text) {
    return (text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text)
        .replaceAll("\\p{Cntrl}", " ");
  }

  /** All of them in one text, at most twenty and how many more; empty when all is shown. */
  Optional<String> text() {
    return findings.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.join("; ", findings) + (more == 0 ? "" : "; and %d more".formatted(more)));
  }
}
