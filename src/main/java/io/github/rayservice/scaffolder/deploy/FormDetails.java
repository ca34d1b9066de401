package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.form.ClusterResources;
import io.github.rayservice.scaffolder.form.FieldChange;
import io.github.rayservice.scaffolder.form.FormField;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.platform.Dashboard;
import io.github.rayservice.scaffolder.platform.Dashboards;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.proposal.MergeRequestDetails;
import io.github.rayservice.scaffolder.proposal.MergeRequestDetailsReader;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells reviewers the form's fields, as the proposed kro instance has them, and where to look. */
@ApplicationScoped
class FormDetails implements MergeRequestDetailsReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The difference below the table has the whole of a longer one. */
  private static final int LONGEST_VALUE = 300;

  private final Renderer renderer;
  private final HardwareProfiles profiles;
  private final PlatformLinks platformLinks;
  private final Dashboards dashboards;

  FormDetails(
      Renderer renderer,
      HardwareProfiles profiles,
      PlatformLinks platformLinks,
      Dashboards dashboards) {
    this.renderer = renderer;
    this.profiles = profiles;
    this.platformLinks = platformLinks;
    this.dashboards = dashboards;
  }

  @Override
  public MergeRequestDetails read(Proposal proposal) {
    Optional<RayServiceForm> form = proposal.instance().flatMap(this::form);
    Optional<RayServiceForm> accepted = proposal.accepted().flatMap(this::form);
    Map<String, String> parameters = new LinkedHashMap<>();
    form.ifPresent(f -> flatten("", JSON.valueToTree(f), FormField.ofSpec(), parameters));
    Links links = Links.of(proposal.id(), form, platformLinks);
    Map<String, String> endpoints = new LinkedHashMap<>();
    links.serve().ifPresent(url -> endpoints.put("Ray Serve", url));
    form.flatMap(f -> dashboards.of(f.endpointHost(), f.name(), f.namespace()))
        .flatMap(Dashboard::url)
        .ifPresent(url -> endpoints.put("Dashboard", url));
    Map<String, String> pages = new LinkedHashMap<>();
    links.backstage().ifPresent(url -> pages.put("Backstage", url));
    links.argoCd().ifPresent(url -> pages.put("Argo CD", url));
    ChangeEffects effects =
        ChangeEffects.between(renderer, proposal.accepted(), proposal.instance());
    return new MergeRequestDetails(
        parameters,
        effects.changes().stream().map(FormDetails::change).toList(),
        effects.secondCluster().map(ClusterResources::text),
        cost(accepted, form),
        modelCache(proposal, accepted, form),
        endpoints,
        pages);
  }

  private static MergeRequestDetails.Change change(FieldChange change) {
    return new MergeRequestDetails.Change(
        change.field(), shown(change.before()), shown(change.after()), change.effect().meaning());
  }

  /** Empty where nobody can tell, because people broke the file by hand. */
  private static Optional<MergeRequestDetails.ModelCache> modelCache(
      Proposal proposal, Optional<RayServiceForm> accepted, Optional<RayServiceForm> wanted) {
    if (wanted.isEmpty() && proposal.instance().isPresent()) {
      return Optional.empty();
    }
    return wanted
        .map(RayServiceForm::modelCache)
        .map(cache -> new MergeRequestDetails.ModelCache(cache.size(), false))
        .or(() ->
            accepted
                .map(RayServiceForm::modelCache)
                .map(cache -> new MergeRequestDetails.ModelCache(cache.size(), true)));
  }

  /** By today's prices, also for what is accepted. */
  private Optional<String> cost(
      Optional<RayServiceForm> accepted, Optional<RayServiceForm> wanted) {
    Optional<String> before = accepted.flatMap(profiles::monthlyCost).map(MonthlyCost::text);
    Optional<String> after = wanted.flatMap(profiles::monthlyCost).map(MonthlyCost::text);
    if (wanted.isEmpty() || before.isEmpty() || before.equals(after)) {
      return after;
    }
    return Optional.of(
        before.get() + " → " + after.orElse(hasProfile(wanted.get()) ? "not known" : "none"));
  }

  private static boolean hasProfile(RayServiceForm form) {
    return form.resources().head().profile() != null || form.resources().worker().profile() != null;
  }

  /** Empty for what people have made something else of by hand. */
  private Optional<RayServiceForm> form(String instance) {
    try {
      return Optional.of(renderer.readInstance(instance).spec());
    } catch (UneditableFileException e) {
      return Optional.empty();
    }
  }

  /** Lists, and objects whose fields the form does not know, are one value: reviewers read JSON. */
  private static void flatten(
      String prefix, JsonNode node, List<FormField> fields, Map<String, String> parameters) {
    for (FormField field : fields) {
      JsonNode value = node.path(field.name());
      String path = prefix + field.name();
      if (value.isMissingNode()) {
        continue;
      }
      if (field.type() == FormField.Type.OBJECT) {
        flatten(path + ".", value, field.children(), parameters);
      } else {
        parameters.put(path, shown(value));
      }
    }
  }

  private static String shown(@Nullable JsonNode json) {
    if (json == null) {
      return "";
    }
    String value = json.isContainerNode() ? json.toString() : json.asText();
    return value.codePointCount(0, value.length()) <= LONGEST_VALUE
        ? value
        : value.substring(0, value.offsetByCodePoints(0, LONGEST_VALUE)) + "…";
  }
}
