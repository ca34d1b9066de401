package io.github.rayservice.scaffolder.gitops.model;

/** Something that one Ray Service holds and no other may. */
public record Claim(Kind kind, String value) {
  /** What is held, with the reason why it cannot be shared. */
  public enum Kind {
    IDENTITY(
        "metadata.namespace and metadata.name",
        "they name the directory in Git and the kro instance"),
    URL_PATH("host and spec.name", "together they are the URL path of the endpoints"),
    TARGET_NAMESPACE("spec.namespace", "kro deletes it together with the Ray Service that made it"),
    /** That of a team. */
    NO_TARGET_NAMESPACE(
        "spec.namespace",
        "it is the namespace of that team, and kro would delete it together with this Ray Service"),
    /** Of a team whose Ray Services would be deleted with somebody's target namespace. */
    TEAM_NAMESPACE(
        "metadata.namespace",
        "it is the target namespace of that one, and kro deletes it together with it");

    private final String fields;
    private final String reason;

    Kind(String fields, String reason) {
      this.fields = fields;
      this.reason = reason;
    }

    /** The fields of the form that make up the claim. */
    public String fields() {
      return fields;
    }

    public String reason() {
      return reason;
    }
  }
}
