package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Where to go on.
 *
 * @param self path of the Ray Service in this API
 * @param serve the Ray Serve endpoint; absent for what is deleted or unreadable
 * @param backstage its page in the catalog; absent when the platform has not said where that is
 * @param argoCd its Argo CD Application; absent when the platform has not said where that is
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
@Schema(description = "Where to go on")
public record Links(
    @Schema(examples = "/api/v1/ray-services/team-ml/text-ml-service") String self,
    @Schema(
            examples = "https://text-ml-service-team-ml.models.company.com/",
            implementation = String.class)
        Optional<String> serve,
    @Schema(
            examples = "https://backstage.company.com/catalog/team-ml/component/text-ml-service",
            implementation = String.class)
        Optional<String> backstage,
    @Schema(
            examples = "https://argocd.company.com/applications/ray.team-ml.text-ml-service",
            implementation = String.class)
        Optional<String> argoCd) {

  public static final String API = "/api/v1/ray-services";

  public static Links of(RayServiceId id, Optional<RayServiceForm> form, PlatformLinks links) {
    return new Links(
        API + "/" + id,
        form.map(f -> PlatformLinks.serve(f.endpointHost(), f.ingress().ownHost(), f.name())),
        links.backstage(id),
        links.argoCd(id));
  }
}
