package io.github.rayservice.scaffolder.form.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import java.util.List;
import java.util.Optional;

/** Fills in what a form leaves to the platform, before the form is read. */
public final class PlatformDefaults {
  private static final String NAMESPACE = "namespace";

  private final EndpointHosts hosts;
  private final List<IngressClassName> classes;

  /**
   * The defaults of a platform.
   *
   * @param classes the ingress classes that a form may ask for; not empty
   */
  public PlatformDefaults(EndpointHosts hosts, List<IngressClassName> classes) {
    this.hosts = hosts;
    this.classes = List.copyOf(classes);
  }

  /** The document with each field that it leaves out and the platform knows. */
  public JsonNode fillIn(JsonNode document) {
    if (!(document.path("spec") instanceof ObjectNode)) {
      return document;
    }
    ObjectNode filled = document.deepCopy();
    ObjectNode spec = (ObjectNode) filled.path("spec");
    Optional<RayServiceId> id = id(document);
    if (isAbsent(spec.path(NAMESPACE))) {
      id.map(TargetNamespace::of).ifPresent(namespace -> spec.put(NAMESPACE, namespace));
    }
    if (isAbsent(spec.path("ingress"))) {
      spec.putObject("ingress");
    }
    if (spec.path("ingress") instanceof ObjectNode ingress) {
      JsonNode host = ingress.path("host");
      boolean named = !isAbsent(host) && !(host.isTextual() && host.textValue().isEmpty());
      // The definition's own default, where the platform lists that host.
      if (!named && !hosts.isListed(spec.path("gitlab").path("hostname").asText(""))) {
        id.flatMap(hosts::hostOf).ifPresent(own -> ingress.put("host", own));
      }
      if (isAbsent(ingress.path("className"))) {
        ingress.put("className", classes.getFirst().name());
      }
    }
    return filled;
  }

  /** Empty when the document has no identity that a Ray Service can have, which is told then. */
  private static Optional<RayServiceId> id(JsonNode document) {
    JsonNode namespace = document.at("/metadata/namespace");
    JsonNode name = document.at("/metadata/name");
    return namespace.isTextual() && name.isTextual()
        ? RayServiceId.of(namespace.textValue(), name.textValue())
        : Optional.empty();
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
