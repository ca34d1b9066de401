package io.github.rayservice.scaffolder.testsupport.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/** {@code src/test/attack/attack.py} against the packaged service; it needs Python 3. */
public final class AttackScript {
  /** The namespace that the attacker may write, and no other. */
  private static final String OWN = "team-attack";

  private static final String TOKEN = "attacker-of-the-tests";

  /** The service needs these settings to be attacked: the attacker is its second caller. */
  public static final Map<String, String> SETTINGS =
      Map.of(
          "scaffolder.access.tokens[1].subject",
          "attacker",
          "scaffolder.access.tokens[1].groups",
          OWN,
          "scaffolder.access.tokens[1].sha256",
          DigestUtils.sha256Hex(TOKEN));

  private AttackScript() {}

  /**
   * Attacks the service, one line for each attack.
   *
   * @param foreign a namespace of another team that has Ray Services
   * @return its report
   * @throws AssertionError when an attack is not refused, with the report
   */
  public static String run(ServiceProcess service, String foreign) throws IOException {
    List<String> command =
        List.of(
            "python3",
            "src/test/attack/attack.py",
            "--service=" + service.url(),
            "--own=" + OWN,
            "--foreign=" + foreign);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ATTACKER_TOKEN", TOKEN);
    builder.environment().put("OTHER_TOKEN", ServiceProcess.TOKEN);
    Process process = builder.start();
    String report = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(report);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    return report;
  }
}
