package io.github.rayservice.scaffolder.form.hardware;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.Between;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import jakarta.validation.Valid;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a hardware profile resolves to: what the pods ask for and the nodes that they go to. Git has
 * it beside the profile's name, so that the cluster needs no list of profiles. An absent field asks
 * for nothing.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@Schema(name = "Hardware")
public record Hardware(
    @Field(
            value = "Extended resource of each pod, by Kubernetes' name",
            optional = true,
            example = "nvidia.com/gpu")
        @Text(Grammar.EXTENDED_RESOURCE)
        @Nullable String resource,
    @Field(value = "How much of the resource each pod has", optional = true)
        @Between(min = 1, max = MAX_COUNT, source = "Kubernetes: extended resources are whole")
        @Nullable Integer count,
    @Field(value = "Labels of the nodes that the pods may go to", optional = true)
        @Nullable Map<String, String> nodeSelector,
    @Field(
            value = "Taints of nodes that the pods tolerate",
            optional = true,
            maxItems = Hardware.MAX_TOLERATIONS)
        @Nullable List<@Valid Toleration> tolerations,
    @Field(
            value = "Container image of the pods, unless ray.image names one",
            optional = true,
            example = "registry.company.com/ml/ray-neuron:2.60.0")
        @Text(Grammar.RAY_IMAGE)
        @Nullable String image,
    @Field(
            value = "What the tag of rayproject/ray ends in, unless there is another image",
            optional = true,
            example = "-gpu")
        @Text(Grammar.IMAGE_SUFFIX)
        @Nullable String imageSuffix,
    @Field(value = "RuntimeClass of the pods", optional = true, example = "nvidia")
        @Text(Grammar.RUNTIME_CLASS)
        @Nullable String runtimeClassName) {
  /** Slices of NVIDIA's GPUs, as KubeRay (1.6) knows them. */
  private static final Pattern MIG = Pattern.compile("nvidia[.]com/mig-\\d+g[.]\\d+gb");

  static final int MAX_TOLERATIONS = 20;

  /** More devices than any node has. */
  static final int MAX_COUNT = 64;

  /** What kro checks, too: both or none, one image at most, and nothing empty. */
  public static final String VALIDATION =
      "has(self.resource) == has(self.count) && !(has(self.image) && has(self.imageSuffix))"
          // KubeRay drops an empty list or map, and kro would add it again and again.
          + " && (!has(self.tolerations) || self.tolerations.size() > 0)"
          + " && (!has(self.nodeSelector) || self.nodeSelector.size() > 0)";

  /** An empty object or list is none. */
  public Hardware {
    nodeSelector =
        nodeSelector == null || nodeSelector.isEmpty()
            ? null
            : Collections.unmodifiableMap(new LinkedHashMap<>(nodeSelector));
    tolerations = tolerations == null || tolerations.isEmpty() ? null : tolerations;
  }

  /** A toleration of Kubernetes. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Toleration")
  public record Toleration(
      @Field(
              value = "Key of the taint; absent for every taint",
              optional = true,
              example = "nvidia.com/gpu")
          @Text(Grammar.TAINT_KEY)
          @Nullable String key,
      @Field(value = "Exists, or Equal for one value of the taint", optional = true)
          @Text(Grammar.TOLERATION_OPERATOR)
          @Nullable String operator,
      @Field(value = "Value of the taint, for Equal", optional = true) @Text(Grammar.TAINT_VALUE)
          @Nullable String value,
      @Field(value = "Effect of the taint; absent for every effect", optional = true)
          @Text(Grammar.TAINT_EFFECT)
          @Nullable String effect) {
    static final String EXISTS = "Exists";
    static final String EQUAL = "Equal";
  }

  /** Whether there is nothing in it. */
  public boolean asksForNothing() {
    return equals(new Hardware(null, null, null, null, null, null, null));
  }

  /** Whether Ray counts the resource as GPUs: KubeRay tells it by the name. */
  public boolean hasGpus() {
    return resource != null && (resource.endsWith("gpu") || MIG.matcher(resource).matches());
  }

  /** How many GPUs each pod has; 0 for other hardware and for none. */
  public static int gpus(@Nullable Hardware hardware) {
    return hardware != null && hardware.hasGpus() ? hardware.devices() : 0;
  }

  /** Whether its GPUs are NVIDIA's. */
  public boolean hasNvidia() {
    return hasGpus() && String.valueOf(resource).startsWith("nvidia.com/");
  }

  /** How much of the resource each pod has; 0 without one. */
  public int devices() {
    return resource == null || count == null ? 0 : count;
  }
}
