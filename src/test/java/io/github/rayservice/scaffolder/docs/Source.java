package io.github.rayservice.scaffolder.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file of Java. Pages are compared with what is found in these, so that no class is named here
 * that may move.
 *
 * @param name of its class, package included
 */
record Source(String name, String text) {
  static List<Source> ofTheService() {
    return below(Path.of("src/main/java"));
  }

  static List<Source> ofTheTests() {
    return below(Path.of("src/test/java"));
  }

  private static List<Source> below(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> new Source(name(folder.relativize(file)), read(file)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path file) {
    return file.toString()
        .replaceFirst("\\.java$", "")
        .replace(file.getFileSystem().getSeparator(), ".");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Class<?> type() {
    try {
      return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("cannot load " + name, e);
    }
  }
}
