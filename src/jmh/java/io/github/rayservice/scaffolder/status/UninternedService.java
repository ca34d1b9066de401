package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * The packaged service, but its interner gives back what it is given. A setting of the service for
 * that would be of use to nobody else.
 */
final class UninternedService {
  private static final Path SOURCE = Path.of("src/jmh/resources/uninterned/Interner.java");

  private static final String INTERNER =
      "io/github/rayservice/scaffolder/status/resource/Interner.class";

  private UninternedService() {}

  /**
   * Makes it, with links to what is the same.
   *
   * @return its folder
   */
  static Path create() throws IOException {
    Path folder = Files.createTempDirectory("uninterned");
    for (Path same : children(ServiceProcess.APPLICATION)) {
      if (!same.endsWith("app")) {
        Files.createSymbolicLink(folder.resolve(same.getFileName()), same.toAbsolutePath());
      }
    }
    Path application = Files.createDirectory(folder.resolve("app"));
    Path classes = compile();
    for (Path original : children(ServiceProcess.APPLICATION.resolve("app"))) {
      Path jar = Files.copy(original, application.resolve(original.getFileName()));
      try (FileSystem content = FileSystems.newFileSystem(jar)) {
        Path replaced = content.getPath(INTERNER);
        Files.copy(classes.resolve(INTERNER), replaced, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return folder;
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }

  private static Path compile() throws IOException {
    Path classes = Files.createTempDirectory("uninterned-classes");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), SOURCE.toString());
    if (status != 0) {
      throw new IllegalStateException(SOURCE + " does not compile");
    }
    return classes;
  }
}
