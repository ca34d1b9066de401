package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A package index for pip (PEP 503) with small wheels in place of large ones. Its newest
 * transformers is one that cannot run the example.
 */
final class PackageIndex {
  private static final Path MODULES = Path.of("src/test/resources/cluster/wheels");
  private static final Map<String, List<String>> VERSIONS =
      Map.of(
          "transformers",
          List.of("4.57.6", "5.0.0"),
          "torch",
          List.of("2.9.1"),
          "helloapp",
          List.of("1.0.0"));

  private PackageIndex() {}

  /** Writes the index below a directory of a web server. */
  static void write(Path directory) throws IOException {
    for (Map.Entry<String, List<String>> versions : VERSIONS.entrySet()) {
      String name = versions.getKey();
      Path pages = Files.createDirectories(directory.resolve(name));
      for (String version : versions.getValue()) {
        writeWheel(pages.resolve(wheel(name, version)), name, version);
      }
      Files.writeString(
          pages.resolve("index.html"),
          versions.getValue().stream()
              .map(version -> "<a href=\"%1$s\">%1$s</a>".formatted(wheel(name, version)))
              .collect(
                  Collectors.joining("\n", "<!DOCTYPE html><html><body>\n", "\n</body></html>\n")),
          UTF_8);
    }
  }

  static String wheel(String name, String version) {
    return name + "-" + version + "-py3-none-any.whl";
  }

  /** Writes one wheel. */
  static void writeWheel(Path target, String name, String version) throws IOException {
    String info = name + "-" + version + ".dist-info/";
    Map<String, String> files = new LinkedHashMap<>();
    files.put(name + ".py", Files.readString(MODULES.resolve(name + ".py"), UTF_8));
    files.put(
        info + "METADATA",
        "Metadata-Version: 2.1\nName: %s\nVersion: %s\n".formatted(name, version));
    files.put(
        info + "WHEEL",
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    files.put(info + "RECORD", "");
    files.put(
        info + "RECORD",
        files.keySet().stream().map(file -> file + ",,\n").collect(Collectors.joining()));
    Path unfinished = target.resolveSibling(target.getFileName() + ".part");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(unfinished))) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(UTF_8));
      }
    }
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
