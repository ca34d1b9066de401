package io.github.rayservice.scaffolder.gitops.model;

/** Something that a Ray Service holds, and that others may not. */
public record Claim(Kind kind, String value) {
  /** What is held, with the reason why it cannot be shared. */
  public enum Kind {
    IDENTITY(
        "metadata.namespace and metadata.name",
        "they name the directory in Git and the kro instance"),
    /** Of a Ray Service that answers at the root of its host. */
    OWN_HOST("host", "it answers for that Ray Service alone"),
    /** One of many Ray Services with the same host; nobody can have it alone then. */
    SHARED_HOST("host", "it would answer for this Ray Service alone"),
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
