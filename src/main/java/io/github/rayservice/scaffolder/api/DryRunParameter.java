package io.github.rayservice.scaffolder.api;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The query parameter {@code dryRun}, which has Kubernetes' one value. */
@Schema(type = SchemaType.STRING, enumeration = "All")
public enum DryRunParameter {
  ALL;

  static final String TEXT = "All: answer with the rendered files and a diff, and write nothing";

  /** Read by Jakarta REST. */
  public static DryRunParameter fromString(String text) {
    if (!text.equals("All")) {
      throw Problems.malformed("dryRun must be All, not " + text);
    }
    return ALL;
  }
}
