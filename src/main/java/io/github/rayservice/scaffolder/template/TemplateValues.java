package io.github.rayservice.scaffolder.template;

import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.qute.TemplateData;
import java.util.List;

/**
 * The platform's own values in a form.
 *
 * @param system whether the System of all Ray Services comes with the forms
 * @param host that the form proposes for the endpoints; empty for GitLab's
 * @param hosts among which people choose; empty for any
 * @param gitlabHost that the form proposes; empty for none
 */
@TemplateData
public record TemplateValues(
    String owner,
    boolean system,
    String host,
    List<String> hosts,
    String ingressClass,
    String gitlabHost,
    int maxReplicas,
    int maxGpus) {
  static TemplateValues of(TemplateConfig templates, CatalogConfig catalog, FormConfig form) {
    List<String> hosts = form.hosts().orElse(List.of());
    return new TemplateValues(
        templates.owner(),
        catalog.system().equals(CatalogConfig.SYSTEM),
        hosts.isEmpty() ? "" : hosts.getFirst(),
        hosts,
        templates.ingressClass(),
        templates.gitlabHost().orElse(""),
        form.maxReplicas(),
        form.maxGpus());
  }
}
