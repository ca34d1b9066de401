package io.github.rayservice.scaffolder.form;

import static io.github.rayservice.scaffolder.RayServiceId.DNS_1035_LABEL;
import static io.github.rayservice.scaffolder.RayServiceId.DNS_1123_LABEL;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The kro instance, as the API takes it and as it is in Git. */
@Schema(
    name = "RayService",
    description = "A Ray Service, written as its kro instance",
    requiredProperties = {"metadata", "spec"})
public record RayServiceDocument(
    @Schema(
            description = "API version of the kro instance",
            defaultValue = RayServiceDocument.API_VERSION)
        @Pattern(
            regexp = "^kro[.]run/v1alpha1$",
            message = "must be " + RayServiceDocument.API_VERSION,
            payload = RuleSource.KroRequired.class)
        String apiVersion,
    @Schema(description = "Kind of the kro instance", defaultValue = RayServiceDocument.KIND)
        @Pattern(
            regexp = "^RayService$",
            message = "must be " + RayServiceDocument.KIND,
            payload = RuleSource.KroRequired.class)
        String kind,
    @Schema(description = "Identity of the kro instance") @Valid Metadata metadata,
    @Valid RayServiceForm spec) {

  public static final String API_VERSION = "kro.run/v1alpha1";
  public static final String KIND = "RayService";

  @Schema(name = "RayServiceMetadata")
  public record Metadata(
      @Schema(
              description = "The team's namespace, which contains the kro instance",
              examples = "team-ml")
          @NotNull(message = RayServiceForm.Rules.REQUIRED, payload = RuleSource.OurPolicy.class)
          @Pattern(
              regexp = DNS_1123_LABEL,
              message = RayServiceForm.Rules.DNS_1123,
              payload = RuleSource.Dns1123Label.class)
          @Size(
              min = 1,
              max = 63,
              message = RayServiceForm.Rules.LENGTH,
              payload = RuleSource.Dns1123Label.class)
          String namespace,
      @Schema(description = "Name of the kro instance", examples = "text-ml-service")
          @NotNull(message = RayServiceForm.Rules.REQUIRED, payload = RuleSource.OurPolicy.class)
          @Pattern(
              regexp = DNS_1035_LABEL,
              message = RayServiceForm.Rules.DNS_1035,
              payload = RuleSource.Dns1035Label.class)
          @Size(
              min = 1,
              max = 63,
              message = RayServiceForm.Rules.LENGTH,
              payload = RuleSource.Dns1035Label.class)
          String name) {}
}
