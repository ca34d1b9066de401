package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.form.field.ChangeEffect;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.hardware.Hardware;
import io.github.rayservice.scaffolder.form.value.Between;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import jakarta.validation.Valid;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the pods of a Ray Service ask of Kubernetes. */
@Schema(name = "Resources")
public record Resources(
    @Field(value = "Resources of the Ray head", title = "Head") @Valid Head head,
    @Field(value = "Resources of each Ray worker", title = "Each worker") @Valid Worker worker) {
  static final String WORKER_STORAGE =
      "Room on the node's disk that each Ray worker asks for (ephemeral-storage), a Kubernetes quantity";
  static final String CPU_HELP = "Cores, such as 2 or 500m (half a core)";
  static final String STORAGE_HELP =
      "For the zip, packages and logs. A pod may use more while the node has it; it may be evicted when the disk is full";
  static final String MEMORY_HELP = "Such as 2Gi; less than 512Mi is hardly enough for Ray itself";

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "HeadResources")
  public record Head(
      @Field(
              value = "CPU request of the Ray head, a Kubernetes quantity",
              defaultValue = "1",
              title = "Head CPU",
              help = CPU_HELP)
          @Text(Grammar.QUANTITY)
          String cpu,
      @Field(
              value = "Memory request and limit of the Ray head, a Kubernetes quantity",
              defaultValue = "2Gi",
              title = "Head memory",
              help = MEMORY_HELP)
          @Text(Grammar.QUANTITY)
          String memory,
      @Field(
              value =
                  "Room on the node's disk that the Ray head asks for (ephemeral-storage), a Kubernetes quantity",
              defaultValue = "10Gi",
              title = "Head disk",
              help = STORAGE_HELP)
          @Text(Grammar.QUANTITY)
          String ephemeralStorage,
      @Field(
              value = "Hardware of the Ray head: the name of one of the platform's profiles",
              effect = ChangeEffect.NONE,
              optional = true,
              example = "cpu-small",
              title = "Head hardware",
              help = "Leave it out for any node")
          @Text(Grammar.PROFILE)
          @Nullable String profile,
      @Field(
              value = "What profile resolves to; the service sets it",
              optional = true,
              validation = Hardware.VALIDATION)
          @Valid
          @Nullable Hardware hardware) {
    Head withHardware(@Nullable Hardware other) {
      return new Head(cpu, memory, ephemeralStorage, profile, other);
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "WorkerResources")
  public record Worker(
      @Field(
              value = "CPU request of each Ray worker, a Kubernetes quantity",
              defaultValue = "500m",
              title = "Worker CPU",
              help = CPU_HELP)
          @Text(Grammar.QUANTITY)
          String cpu,
      @Field(
              value = "Memory request and limit of each Ray worker, a Kubernetes quantity",
              defaultValue = "1Gi",
              title = "Worker memory",
              help = MEMORY_HELP)
          @Text(Grammar.QUANTITY)
          String memory,
      @Field(
              value = WORKER_STORAGE,
              defaultValue = "10Gi",
              title = "Worker disk",
              help = STORAGE_HELP)
          @Text(Grammar.QUANTITY)
          String ephemeralStorage,
      @Field(value = "NVIDIA GPUs of each Ray worker", defaultValue = "0", title = "Worker GPUs")
          @Between(min = 0, max = 64)
          int gpu,
      @Field(
              value = "Hardware of each Ray worker: the name of one of the platform's profiles",
              effect = ChangeEffect.NONE,
              optional = true,
              example = "a10g",
              title = "Worker hardware",
              help =
                  "Leave it out for any node. Hardware with GPUs brings its own: leave Worker GPUs 0.")
          @Text(Grammar.PROFILE)
          @Nullable String profile,
      @Field(
              value = "What profile resolves to; the service sets it",
              optional = true,
              validation = Hardware.VALIDATION)
          @Valid
          @Nullable Hardware hardware) {
    Worker withHardware(@Nullable Hardware other) {
      return new Worker(cpu, memory, ephemeralStorage, gpu, profile, other);
    }

    /** All GPUs of a worker, by number or by profile. */
    int gpus() {
      return gpu + Hardware.gpus(hardware);
    }

    /** Whether a worker has GPUs of NVIDIA. */
    boolean hasNvidia() {
      return gpu > 0 || (hardware != null && hardware.hasNvidia());
    }
  }
}
