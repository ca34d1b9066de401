package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.Between;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import jakarta.validation.Valid;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Settings of one deployment of a Ray Serve application ({@code DeploymentSchema} of Ray). */
@Schema(name = "Deployment")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServeDeployment(
    @Field(
            value = "Name of the Serve deployment: its class or function",
            required = true,
            example = "Translator",
            title = "Name")
        @Text(Grammar.DEPLOYMENT)
        String name,
    @Field(
            value = "Number of its replicas; not together with autoscalingConfig",
            optional = true,
            title = "Replicas")
        @Between(min = 1, max = 10000, source = BrokenRule.SERVE)
        @Nullable Integer numReplicas,
    @Field(
            value = "How Serve scales its replicas",
            optional = true,
            validation =
                "(!has(self.minReplicas) || !has(self.maxReplicas) || self.minReplicas <= self.maxReplicas)"
                    + " && (!has(self.minReplicas) || !has(self.initialReplicas) || self.minReplicas <= self.initialReplicas)"
                    + " && (!has(self.initialReplicas) || !has(self.maxReplicas) || self.initialReplicas <= self.maxReplicas)",
            title = "Autoscaling")
        @Valid
        @Nullable AutoscalingConfig autoscalingConfig,
    @Field(
            value = "Requests that a replica takes at a time",
            optional = true,
            title = "Requests at a time")
        @Between(min = 1, max = 1000000, source = BrokenRule.SERVE)
        @Nullable Integer maxOngoingRequests,
    @Field(
            value = "Requests that wait at each proxy, -1 for any number",
            optional = true,
            validation = "self != 0",
            title = "Waiting requests")
        @Between(min = -1, max = 1000000, source = BrokenRule.SERVE)
        @Nullable Integer maxQueuedRequests,
    @Field(
            value = "What its reconfigure method gets",
            optional = true,
            title = "User config",
            help = "YAML")
        @Nullable JsonNode userConfig,
    @Field(value = "What each replica reserves", optional = true, title = "Resources") @Valid
        @Nullable RayActorOptions rayActorOptions) {

  /** {@code autoscaling_config} of Ray. */
  @Schema(name = "AutoscalingConfig")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record AutoscalingConfig(
      @Field(value = "Least number of replicas", optional = true, title = "Minimum")
          @Between(min = 0, max = 10000, source = BrokenRule.SERVE)
          @Nullable Integer minReplicas,
      @Field(value = "Number of replicas at the start", optional = true, title = "At the start")
          @Between(min = 0, max = 10000, source = BrokenRule.SERVE)
          @Nullable Integer initialReplicas,
      @Field(value = "Greatest number of replicas", optional = true, title = "Maximum")
          @Between(min = 1, max = 10000, source = BrokenRule.SERVE)
          @Nullable Integer maxReplicas,
      @Field(
              value = "Requests that each replica should have at a time",
              optional = true,
              title = "Requests for each replica")
          @Between(min = 0.001, source = BrokenRule.SERVE)
          @Nullable BigDecimal targetOngoingRequests,
      @Field(
              value = "Seconds of load before replicas are added",
              optional = true,
              title = "Upscale delay")
          @Between(min = 0, source = BrokenRule.SERVE)
          @Nullable BigDecimal upscaleDelayS,
      @Field(
              value = "Seconds without load before replicas are removed",
              optional = true,
              title = "Downscale delay")
          @Between(min = 0, source = BrokenRule.SERVE)
          @Nullable BigDecimal downscaleDelayS) {}

  /** {@code ray_actor_options} of Ray. */
  @Schema(name = "RayActorOptions")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RayActorOptions(
      @Field(value = "CPUs, also parts of one", optional = true, title = "CPUs")
          @Between(min = 0, source = BrokenRule.SERVE)
          @Nullable BigDecimal numCpus,
      @Field(value = "GPUs, also parts of one", optional = true, title = "GPUs")
          @Between(min = 0, source = BrokenRule.SERVE)
          @Nullable BigDecimal numGpus,
      @Field(value = "Memory in bytes", optional = true, title = "Memory")
          @Between(min = 0, source = BrokenRule.SERVE)
          @Nullable BigDecimal memory,
      @Field(
              value = "Type of the accelerator",
              optional = true,
              example = "A100",
              title = "Accelerator type")
          @Text(Grammar.ACCELERATOR)
          @Nullable String acceleratorType,
      @Field(
              value = "Custom resources of Ray and how much of each",
              optional = true,
              title = "Custom resources",
              help = "YAML")
          @Nullable JsonNode resources) {}
}
