package io.github.rayservice.scaffolder.template;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.form.FormField;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.field.Field.Page;
import io.github.rayservice.scaffolder.form.hardware.HardwareProfile;
import io.github.rayservice.scaffolder.form.policy.EndpointHosts;
import io.github.rayservice.scaffolder.form.value.ImagePrefix;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.render.YamlBlock;
import io.quarkus.qute.TemplateData;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
 * @param name the field {@code name}, for the form of a language model
 * @param model the other fields of its first page; its second page is {@code where}
 * @param modelHowMuch those of its third page
 * @param modelHasProfiles whether a language model's hardware is a profile, not a number of GPUs
 * @param modelGpus how many GPUs each of those profiles has, as an object in Nunjucks
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
    YamlBlock changedInput,
    YamlBlock name,
    YamlBlock model,
    YamlBlock modelHowMuch,
    boolean modelHasProfiles,
    YamlBlock modelGpus) {
  static TemplateValues of(
      TemplateConfig templates, CatalogConfig catalog, FormConfig form, HardwareProfiles hardware) {
    List<HardwareProfile> offered =
        hardware.all().stream().filter(profile -> profile.devices() <= form.maxGpus()).toList();
    // The form of a language model names an image with CUDA.
    List<HardwareProfile> withGpus = offered.stream().filter(HardwareProfile::hasNvidia).toList();
    Consumer<ObjectNode> anyProfile = field -> choose(offered, hardware.currency(), field);
    EndpointHosts hosts = EndpointHosts.of(form.hosts());
    Consumer<ObjectNode> images =
        field ->
            form.images()
                .ifPresent(allowed ->
                    field.put(
                        "ui:help",
                        "This platform allows images of " + ImagePrefix.join(allowed) + "."));
    FormPages pages =
        new FormPages(
            FormField.ofSpec(),
            Map.of(
                "replicas",
                field -> field.put("maximum", form.maxReplicas()),
                "resources.worker.gpu",
                field -> field.put("maximum", form.maxGpus()),
                "ingress.host",
                field -> EndpointFields.limitHost(hosts, field),
                "ingress.className",
                field -> EndpointFields.chooseClass(form.ingressClasses(), field),
                "gitlab.hostname",
                field -> templates.gitlabHost().ifPresent(host -> field.put("default", host)),
                "ray.image",
                images,
                "secrets.name",
                TemplateValues::offerSecrets,
                "resources.head.profile",
                anyProfile,
                "resources.worker.profile",
                anyProfile,
                "name",
                field -> field.put("ui:autofocus", true)),
            offered.isEmpty()
                ? Set.of("resources.head.profile", "resources.worker.profile")
                : Set.of());
    FormPages model =
        new FormPages(
            FormField.ofLanguageModel(),
            Map.of(
                "minReplicas",
                field -> field.put("maximum", form.maxReplicas()),
                "maxReplicas",
                field -> field.put("maximum", form.maxReplicas()),
                "gpus",
                field -> field.put("maximum", form.maxGpus()),
                "profile",
                field -> choose(withGpus, hardware.currency(), field),
                "image",
                images,
                "secrets.name",
                TemplateValues::offerSecrets),
            Set.of(withGpus.isEmpty() ? "profile" : "gpus"));
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
        pages.changedInput(),
        pages.only("name"),
        model.page(Page.WHAT),
        model.page(Page.HOW_MUCH),
        !withGpus.isEmpty(),
        new YamlBlock(
            withGpus.stream()
                .map(profile -> "'%s': %d".formatted(profile.name(), profile.devices()))
                .collect(Collectors.joining(", ", "{", "}"))));
  }

  /** Offers the Secrets that Ray Services name already; a person may type the name of another. */
  private static void offerSecrets(ObjectNode field) {
    // What a person chooses is an entity reference, whose name the actions take.
    field.remove(List.of("minLength", "maxLength", "pattern"));
    field.put("ui:field", "EntityPicker");
    field
        .putObject("ui:options")
        .put("allowArbitraryValues", true)
        .putObject("catalogFilter")
        .put("kind", "Resource")
        .put("spec.type", "kubernetes-secret");
  }

  /** Offers the profiles by title and price. */
  private static void choose(List<HardwareProfile> profiles, String currency, ObjectNode field) {
    // The names of the platform's profiles keep the grammar.
    field.remove(List.of("minLength", "maxLength", "pattern"));
    ArrayNode names = field.putArray("enum");
    profiles.forEach(profile -> names.add(profile.name()));
    ArrayNode labels = field.putArray("ui:enumNames");
    profiles.forEach(profile ->
        labels.add(
            profile.title()
                + profile
                    .pricePerHour()
                    .map(price -> ", %s %s per hour".formatted(price.toPlainString(), currency))
                    .orElse("")));
  }
}
