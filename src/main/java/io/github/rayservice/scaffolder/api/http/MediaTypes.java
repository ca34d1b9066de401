package io.github.rayservice.scaffolder.api.http;

import jakarta.ws.rs.core.MediaType;

/** JSON first: it is what a caller gets who does not say. */
public final class MediaTypes {
  public static final String JSON = MediaType.APPLICATION_JSON;

  /** RFC 9512. */
  public static final String YAML = "application/yaml";

  /** What tools sent before RFC 9512. */
  public static final String X_YAML = "application/x-yaml";

  public static final String TEXT_YAML = "text/yaml";

  private MediaTypes() {}

  static boolean isYaml(MediaType type) {
    return type.getSubtype().endsWith("yaml");
  }
}
