package io.github.rayservice.scaffolder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The Maven wrapper uses the newest suitable JDK, wherever it is installed. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "mvnw.cmd asks for JAVA_HOME")
class JdkFinderTest {
  private static final String SYSTEM_TOOLS = "/usr/bin:/bin";

  @TempDir Path folder;

  @Test
  void theNewestJdkOfTheUsualFoldersIsUsed() throws Exception {
    jdk("jdk-17", "17.0.9");
    jdk("jdk-21", "21.0.2");
    Path newest = jdk("jdk-25", "25.0.3");

    assertThat(find(Map.of()).output()).isEqualTo(newest.toString());
  }

  @Test
  void javaHomeWinsWhenItIsNewEnough() throws Exception {
    jdk("jdk-25", "25");
    Path chosen = jdk("elsewhere/jdk-21", "21.0.2");

    assertThat(find(Map.of("JAVA_HOME", chosen.toString())).output()).isEqualTo(chosen.toString());
  }

  @Test
  void aTooOldJavaHomeIsIgnored() throws Exception {
    Path suitable = jdk("jdk-21", "21.0.2");
    Path old = jdk("elsewhere/jdk-17", "17.0.9");

    assertThat(find(Map.of("JAVA_HOME", old.toString())).output()).isEqualTo(suitable.toString());
  }

  @Test
  void aJdkOnThePathIsFoundThroughItsLinks() throws Exception {
    Path real = jdk("elsewhere/jdk-23", "23");
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path alternatives = Files.createDirectories(folder.resolve("alternatives"));
    Files.createSymbolicLink(alternatives.resolve("javac"), real.resolve("bin/javac"));
    Files.createSymbolicLink(bin.resolve("javac"), alternatives.resolve("javac"));

    assertThat(find(Map.of("PATH", bin + ":" + SYSTEM_TOOLS)).output()).isEqualTo(real.toString());
  }

  @Test
  void aJavaWithoutACompilerIsIgnored() throws Exception {
    Files.delete(jdk("jdk-25", "25").resolve("bin/javac"));
    Path suitable = jdk("jdk-21", "21.0.2");

    assertThat(find(Map.of()).output()).isEqualTo(suitable.toString());
  }

  @Test
  void withoutASuitableJdkTheErrorSaysWhatToInstall() throws Exception {
    jdk("jdk-8", "1.8.0_392");
    jdk("jdk-17", "17.0.9");

    Answer answer = find(Map.of());

    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.output())
        .isEqualTo(
            "mvnw: this build needs a JDK 21 or newer and found none in JAVA_HOME, on PATH or in the usual folders:"
                + " install one (for example Eclipse Temurin 21) or set JAVA_HOME to it.");
  }

  private Path jdk(String path, String version) throws IOException {
    Path home = folder.resolve(path.contains("/") ? path : "jdks/" + path);
    Path bin = Files.createDirectories(home.resolve("bin"));
    for (String tool : new String[] {"java", "javac"}) {
      assertThat(Files.createFile(bin.resolve(tool)).toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private record Answer(int status, String output) {}

  private Answer find(Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("sh", Path.of(".mvn/jdk.sh").toAbsolutePath().toString())
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("PATH", emptyOfJava());
    builder.environment().put("JDK_FOLDERS", folder.resolve("jdks") + "/*");
    builder.environment().putAll(environment);
    Process script = builder.start();
    String output = new String(script.getInputStream().readAllBytes(), UTF_8).strip();
    return new Answer(script.waitFor(), output);
  }

  /** The tools that the script calls, without a javac of this machine. */
  private String emptyOfJava() throws IOException {
    Path tools = folder.resolve("tools");
    if (Files.notExists(tools)) {
      Files.createDirectories(tools);
      for (String tool : new String[] {"sh", "sed", "dirname", "readlink", "printf"}) {
        for (String place : SYSTEM_TOOLS.split(":", -1)) {
          Path original = Path.of(place, tool);
          if (Files.exists(original) && Files.notExists(tools.resolve(tool))) {
            Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec " + original + " \"$@\"\n");
            assertThat(tools.resolve(tool).toFile().setExecutable(true)).isTrue();
          }
        }
      }
    }
    return tools.toString();
  }
}
