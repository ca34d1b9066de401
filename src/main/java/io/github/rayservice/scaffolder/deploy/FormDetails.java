package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.proposal.MergeRequestDetails;
import io.github.rayservice.scaffolder.proposal.MergeRequestDetailsReader;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Tells reviewers the form's fields, as the proposed kro instance has them, and where to look. */
@ApplicationScoped
class FormDetails implements MergeRequestDetailsReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Renderer renderer;
  private final PlatformLinks platformLinks;

  FormDetails(Renderer renderer, PlatformLinks platformLinks) {
    this.renderer = renderer;
    this.platformLinks = platformLinks;
  }

  @Override
  public MergeRequestDetails read(Proposal proposal) {
    Optional<RayServiceForm> form = proposal.instance().flatMap(this::form);
    Map<String, String> parameters = new LinkedHashMap<>();
    form.ifPresent(f -> flatten("", JSON.valueToTree(f), parameters));
    Links links = Links.of(proposal.id(), form, platformLinks);
    Map<String, String> endpoints = new LinkedHashMap<>();
    links.serve().ifPresent(url -> endpoints.put("Ray Serve", url));
    links.dashboard().ifPresent(url -> endpoints.put("Dashboard", url));
    Map<String, String> pages = new LinkedHashMap<>();
    links.backstage().ifPresent(url -> pages.put("Backstage", url));
    links.argoCd().ifPresent(url -> pages.put("Argo CD", url));
    return new MergeRequestDetails(parameters, endpoints, pages);
  }

  /** Empty for what people have made something else of by hand. */
  private Optional<RayServiceForm> form(String instance) {
    try {
      return Optional.of(renderer.readInstance(instance).spec());
    } catch (UneditableFileException e) {
      return Optional.empty();
    }
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> parameters) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getValue().isObject()) {
        flatten(prefix + field.getKey() + ".", field.getValue(), parameters);
      } else {
        parameters.put(prefix + field.getKey(), field.getValue().asText());
      }
    }
  }
}
