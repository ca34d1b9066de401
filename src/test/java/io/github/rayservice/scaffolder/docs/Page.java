package io.github.rayservice.scaffolder.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A page of Markdown, as far as its tests need it.
 *
 * @param prose the lines outside of fences
 */
record Page(Path path, List<String> prose, List<Fence> fences) {
  private static final Path DOCS = Path.of("docs");

  static final Path BACKSTAGE_PACKAGE = Path.of("src/main/backstage/README.md");

  /** A table's cells, without their blanks. */
  record Table(List<String> header, List<List<String>> rows) {}

  /** Every page, in the order in which examples build upon each other: the README first. */
  static List<Page> all() throws IOException {
    try (Stream<Path> docs = Files.walk(DOCS)) {
      return Stream.of(
              Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
                  .map(Path::of),
              docs.filter(path -> path.toString().endsWith(".md")).sorted(),
              Stream.of(Path.of("backstage-templates/README.md"), BACKSTAGE_PACKAGE))
          .flatMap(paths -> paths)
          .map(Page::read)
          .toList();
    }
  }

  static Page docs(String path) {
    return read(DOCS.resolve(path));
  }

  static Page read(Path path) {
    List<String> lines;
    try {
      lines = Files.readAllLines(path);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + path, e);
    }
    List<String> prose = new ArrayList<>();
    List<Fence> fences = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.strip().startsWith("```")) {
        prose.add(line);
        continue;
      }
      int begin = i;
      StringBuilder text = new StringBuilder();
      for (i++; !lines.get(i).strip().equals("```"); i++) {
        text.append(lines.get(i)).append('\n');
      }
      String before = begin == 0 ? "" : lines.get(begin - 1).strip();
      fences.add(new Fence(path, begin + 1, line.strip().substring(3), before, text.toString()));
    }
    return new Page(path, List.copyOf(prose), List.copyOf(fences));
  }

  /** The tables whose first column has this header, as one. */
  List<List<String>> rows(String header) {
    return tables().stream()
        .filter(table -> table.header().getFirst().equals(header))
        .flatMap(table -> table.rows().stream())
        .toList();
  }

  List<Table> tables() {
    List<Table> tables = new ArrayList<>();
    boolean within = false;
    for (String line : prose) {
      if (!line.startsWith("|")) {
        within = false;
      } else if (!within) {
        within = true;
        tables.add(new Table(cells(line), new ArrayList<>()));
      } else if (!line.startsWith("|--")) {
        tables.getLast().rows().add(cells(line));
      }
    }
    return tables;
  }

  private static List<String> cells(String line) {
    String inner = line.strip().replaceAll("^\\||\\|$", "");
    return Arrays.stream(inner.split("(?<!\\\\)\\|", -1)).map(String::strip).toList();
  }

  /** What GitHub and GitLab make of the headings. */
  Set<String> anchors() {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    for (String line : prose) {
      if (line.startsWith("#")) {
        String anchor =
            line.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
        int before = seen.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? anchor : anchor + "-" + before);
      }
    }
    return anchors;
  }
}
