package io.github.rayservice.scaffolder.template;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.rayservice.scaffolder.form.Field.Page;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.render.YamlBlock;
import io.quarkus.qute.TemplateData;
import java.util.List;
import java.util.Map;

/**
 * The values that the Qute templates of {@link BackstageTemplates} read as {@code platform}.
 *
 * @param system whether the templates contain the Backstage System of all Ray Services
 * @param what the fields of the deploy form's first page
 * @param where those of its second page, after the team and the name in the catalog
 * @param howMuch those of its third page
 * @param advanced those that its last page shows to who asks for them
 * @param input the deploy step's input, without {@code name} and {@code namespace}
 * @param changes the fields of the update form
 * @param advancedChanges those that it shows to who asks for them
 * @param changedInput the update step's input
 */
@TemplateData
public record TemplateValues(
    String owner,
    boolean system,
    YamlBlock what,
    YamlBlock where,
    YamlBlock howMuch,
    YamlBlock advanced,
    YamlBlock input,
    YamlBlock changes,
    YamlBlock advancedChanges,
    YamlBlock changedInput) {
  static TemplateValues of(TemplateConfig templates, CatalogConfig catalog, FormConfig form) {
    List<String> hosts = form.hosts().orElse(List.of());
    FormPages pages =
        new FormPages(
            Map.of(
                "replicas",
                field -> field.put("maximum", form.maxReplicas()),
                "resources.worker.gpu",
                field -> field.put("maximum", form.maxGpus()),
                "ingress.host",
                field -> {
                  if (!hosts.isEmpty()) {
                    field.put("default", hosts.getFirst());
                    ArrayNode choice = field.putArray("enum");
                    hosts.forEach(choice::add);
                  }
                },
                "ingress.className",
                field -> field.put("default", templates.ingressClass()),
                "gitlab.hostname",
                field -> templates.gitlabHost().ifPresent(host -> field.put("default", host)),
                "name",
                field -> field.put("ui:autofocus", true)));
    return new TemplateValues(
        templates.owner(),
        catalog.system().equals(CatalogConfig.SYSTEM),
        pages.page(Page.WHAT),
        pages.page(Page.WHERE),
        pages.page(Page.HOW_MUCH),
        pages.advanced(),
        pages.input(),
        pages.changes(),
        pages.advancedChanges(),
        pages.changedInput());
  }
}
