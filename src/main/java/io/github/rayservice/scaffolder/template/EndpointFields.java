package io.github.rayservice.scaffolder.template;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.policy.EndpointHosts;
import io.github.rayservice.scaffolder.form.policy.HostPattern;
import io.github.rayservice.scaffolder.form.policy.IngressClassName;
import java.util.List;

/** How the Backstage forms ask for host and ingress class, by the platform's settings. */
final class EndpointFields {
  private EndpointFields() {}

  /** A choice of hosts or, where one of them is a wildcard, a text that they allow. */
  static void limitHost(EndpointHosts hosts, ObjectNode field) {
    if (hosts.patterns().isEmpty()) {
      return;
    }
    HostPattern first = hosts.patterns().getFirst();
    if (hosts.patterns().stream().noneMatch(HostPattern::isWildcard)) {
      field.put("default", first.toString());
      ArrayNode choice = field.putArray("enum");
      hosts.patterns().forEach(host -> choice.add(host.toString()));
      return;
    }
    field.put("pattern", hosts.regexOrEmpty());
    String empty =
        first.isWildcard()
            ? "a host of its own, %s (recommended)"
                .formatted(first.toString().replaceFirst("^[*]", "<name>-<team>"))
            : "the host " + first + ", which Ray Services share";
    field.put(
        "ui:help",
        "Left empty, the Ray Service gets %s. This platform allows %s.".formatted(empty, hosts));
  }

  /** The first is what a form without one gets. */
  static void chooseClass(List<IngressClassName> classes, ObjectNode field) {
    // The names of the platform's classes keep the grammar.
    field.remove(List.of("minLength", "maxLength", "pattern"));
    field.put("default", classes.getFirst().name());
    ArrayNode choice = field.putArray("enum");
    classes.forEach(name -> choice.add(name.name()));
  }
}
