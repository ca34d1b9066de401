package io.github.rayservice.scaffolder.render;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.quarkus.qute.TemplateData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Backstage Component of a Ray Service, with the fields of {@code catalog-info.yaml}. */
@TemplateData
public record ComponentEntity(String apiVersion, String kind, Metadata metadata, Spec spec) {
  @TemplateData
  public record Metadata(
      String name,
      String namespace,
      String description,
      Map<String, String> annotations,
      List<Link> links) {}

  @TemplateData
  public record Link(String title, String url, String icon) {}

  @TemplateData
  public record Spec(String type, String lifecycle, String owner, String system) {}

  static ComponentEntity of(RayServiceRequest request, CatalogConfig config) {
    RayServiceForm form = request.form();
    return of(
        request.id(),
        form.name(),
        form.namespace(),
        PlatformLinks.serve(form.endpointHost(), form.ingress().ownHost(), form.name()),
        config);
  }

  /**
   * The Component of a Ray Service.
   *
   * @param name {@code spec.name}
   * @param targetNamespace {@code spec.namespace}
   * @param serveUrl the Ray Serve endpoint
   */
  public static ComponentEntity of(
      RayServiceId id, String name, String targetNamespace, String serveUrl, CatalogConfig config) {
    return new ComponentEntity(
        "backstage.io/v1alpha1",
        "Component",
        new Metadata(
            id.name(),
            id.namespace(),
            "Ray Serve application " + name,
            annotations(id, targetNamespace, config),
            links(id, serveUrl, config)),
        new Spec(
            "ray-service",
            config.lifecycle(),
            config.owner().replace("{namespace}", id.namespace()),
            config.system()));
  }

  private static Map<String, String> annotations(
      RayServiceId id, String targetNamespace, CatalogConfig config) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put("argocd/app-name", id.applicationName());
    annotations.put("backstage.io/kubernetes-id", id.name());
    annotations.put("backstage.io/kubernetes-namespace", targetNamespace);
    config
        .sourceUrl()
        .ifPresent(url ->
            annotations.put(
                "backstage.io/source-location",
                "url:" + PlatformLinks.below(url, id.directory()) + "/"));
    return annotations;
  }

  private static List<Link> links(RayServiceId id, String serveUrl, CatalogConfig config) {
    List<Link> links = new ArrayList<>();
    links.add(new Link("Ray Serve endpoint", serveUrl, "web"));
    new PlatformLinks(config)
        .argoCd(id)
        .ifPresent(url -> links.add(new Link("Argo CD", url, "cloud")));
    return links;
  }
}
