package io.github.rayservice.scaffolder.e2e.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ray Services that shall not come up, each with one fault.
 *
 * @param prefix of their target namespaces
 */
record BrokenRayServices(Cluster cluster, String team, String prefix) {
  /** Creates one without workers and without an ingress class, unless the fields say otherwise. */
  void create(String name, String... fields) {
    StringBuilder document =
        new StringBuilder(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: %3$s%1$s
              gitlab: {hostname: gitlab.example.com, username: ml-team}
            """
                .formatted(name, team, prefix));
    Map<String, String> all = new LinkedHashMap<>();
    all.put("replicas", "replicas: 0");
    all.put("ingress", "ingress: {className: nowhere}");
    for (String field : fields) {
      all.put(field.substring(0, field.indexOf(':')), field);
    }
    all.values().forEach(field -> document.append("  ").append(field).append('\n'));
    cluster.create(Cluster.parse(document.toString()));
  }
}
