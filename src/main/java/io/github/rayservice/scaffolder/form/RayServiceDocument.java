package io.github.rayservice.scaffolder.form;

import jakarta.validation.Valid;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The kro instance, as the API takes it and as it is in Git. */
@Schema(name = "RayService", description = "A Ray Service, written as its kro instance")
public record RayServiceDocument(
    @Field(value = "API version of the kro instance", defaultValue = RayServiceDocument.API_VERSION)
        @Text(Grammar.API_VERSION)
        String apiVersion,
    @Field(value = "Kind of the kro instance", defaultValue = RayServiceDocument.KIND)
        @Text(Grammar.KIND)
        String kind,
    @Field(value = "Identity of the kro instance", required = true) @Valid Metadata metadata,
    @Field(value = "The parameters of a Ray Service", required = true) @Valid RayServiceForm spec) {

  public static final String API_VERSION = "kro.run/v1alpha1";
  public static final String KIND = "RayService";

  @Schema(name = "RayServiceMetadata")
  public record Metadata(
      @Field(
              value = "The team's namespace, which contains the kro instance",
              required = true,
              example = "team-ml")
          @Text(Grammar.NAMESPACE)
          String namespace,
      @Field(value = "Name of the kro instance", required = true, example = "text-ml-service")
          @Text(Grammar.INSTANCE_NAME)
          String name) {}
}
