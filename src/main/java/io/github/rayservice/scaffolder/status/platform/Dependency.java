package io.github.rayservice.scaffolder.status.platform;

/**
 * Something that Ray Services need.
 *
 * @param found what is there, for people; a version where it is known
 * @param nextStep what to do about it; empty when nothing is wrong
 */
public record Dependency(String name, State state, String found, String nextStep) {
  /** {@code UNKNOWN} when it cannot be read. */
  public enum State {
    OK("Ok"),
    PROBLEM("Problem"),
    UNKNOWN("Unknown");

    private final String label;

    State(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public static Dependency ok(String name, String found) {
    return new Dependency(name, State.OK, found, "");
  }

  public static Dependency problem(String name, String found, String nextStep) {
    return new Dependency(name, State.PROBLEM, found, nextStep);
  }

  public static Dependency unknown(String name, String why) {
    return new Dependency(
        name, State.UNKNOWN, why, "let the service read it: see k8s/service/rbac.yaml");
  }
}
