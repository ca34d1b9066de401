package io.github.rayservice.scaffolder.template;

import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.qute.TemplateData;
import java.util.List;

/**
 * The values that the Qute templates of {@link BackstageTemplates} read as {@code platform}.
 *
 * @param system whether the templates contain the Backstage System of all Ray Services
 * @param host the default of the endpoints' host; empty for GitLab's host
 * @param hosts the hosts that users can select; empty for any host
 * @param gitlabHost the default of GitLab's host; empty for none
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
