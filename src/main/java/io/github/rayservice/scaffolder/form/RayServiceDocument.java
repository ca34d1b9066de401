package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import jakarta.validation.Valid;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /** The label by which the catalog entity finds its objects in the cluster. */
  public static final String CATALOG_LABEL = "backstage.io/kubernetes-id";

  /** Which Ray Service it is about. */
  public RayServiceId id() {
    return new RayServiceId(metadata.namespace(), metadata.name());
  }

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
          String name,
      @Field(
              value = "Labels of the kro instance. An update sets those it names; the others stay",
              optional = true)
          Map<String, String> labels,
      @Field(
              value =
                  "Annotations of the kro instance. An update sets those it names; the others stay",
              optional = true)
          Map<String, String> annotations) {
    /**
     * Absent labels and annotations are none.
     *
     * @param labels in the order of the document
     * @param annotations in the order of the document
     */
    @SuppressWarnings("RedundantNullCheck") // Jackson binds an absent field as null.
    public Metadata {
      labels = labels == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(labels));
      annotations =
          annotations == null
              ? Map.of()
              : Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** The same labels and annotations for one Ray Service. */
    public Metadata named(RayServiceId id) {
      return new Metadata(id.namespace(), id.name(), labels, annotations);
    }
  }
}
