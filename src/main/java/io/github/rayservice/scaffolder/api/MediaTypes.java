package io.github.rayservice.scaffolder.api;

import jakarta.ws.rs.core.MediaType;

/** JSON first: it is what a caller gets who does not say. */
final class MediaTypes {
  static final String JSON = MediaType.APPLICATION_JSON;

  /** RFC 9512. */
  static final String YAML = "application/yaml";

  /** What tools sent before RFC 9512. */
  static final String X_YAML = "application/x-yaml";

  static final String TEXT_YAML = "text/yaml";

  private MediaTypes() {}

  static boolean isYaml(MediaType type) {
    return type.getSubtype().endsWith("yaml");
  }
}
