package io.github.rayservice.scaffolder.gitops.transport;

import java.util.stream.Collectors;

/** What a Git server says to people, made fit for one message. */
final class RemoteMessages {
  private static final int LONGEST = 2000;

  private RemoteMessages() {}

  /**
   * Joins what hooks printed with the reason that the protocol carries. Control characters and
   * empty lines go.
   */
  static String of(String printed, String reason) {
    String lines =
        printed
            .lines()
            .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
            .filter(line -> !line.isEmpty() && !line.matches("=+"))
            .collect(Collectors.joining(" "));
    String words = lines.isEmpty() ? reason : lines + " (" + reason + ")";
    return words.length() > LONGEST ? words.substring(0, LONGEST) + "…" : words;
  }
}
