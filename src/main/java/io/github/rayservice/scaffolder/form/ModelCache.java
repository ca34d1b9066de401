package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.form.field.ChangeEffect;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Quantities;
import io.github.rayservice.scaffolder.form.value.QuantityWarnings;
import io.github.rayservice.scaffolder.form.value.Text;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A volume of the target namespace that keeps what a model downloads: a PersistentVolumeClaim,
 * mounted in the head and in all workers, also in those of the next Ray cluster.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "ModelCache")
public record ModelCache(
    @Field(
            value = "Size of the volume, a Kubernetes quantity; it can grow and not shrink",
            effect = ChangeEffect.VOLUME,
            required = true,
            example = "100Gi",
            title = "Size",
            placeholder = "100Gi")
        @Text(Grammar.QUANTITY)
        String size,
    @Field(
            value =
                "StorageClass of the volume; absent means the cluster's default. It cannot be changed",
            optional = true,
            example = "efs",
            title = "Storage class",
            help = "Empty means the cluster's default")
        @Text(Grammar.STORAGE_CLASS)
        @Nullable String storageClassName,
    @Field(
            value =
                "Whether pods on several nodes mount it (ReadWriteMany) or those of one node only (ReadWriteOnce). It cannot be changed",
            defaultValue = "ReadWriteMany",
            choices = {"ReadWriteMany", ModelCache.ONE_NODE},
            title = "Access mode")
        @Text(Grammar.ACCESS_MODE)
        String accessMode,
    @Field(
            value =
                "Directory where the pods have the volume; HF_HOME is its directory huggingface",
            defaultValue = "/mnt/models",
            validation = MOUNT_PATH,
            title = "Directory")
        @Text(Grammar.MOUNT_PATH)
        String mountPath) {
  static final String MEANING =
      "A volume that keeps downloaded models for the next start; it is deleted together with the Ray Service";

  /** Directories of the image, of Ray and of the definition, as CEL and Java read them. */
  static final String TAKEN =
      "'/bin', '/boot', '/dev', '/etc', '/home/ray/anaconda3', '/lib', '/lib64', '/proc', '/root', '/run',"
          + " '/sbin', '/sys', '/tmp', '/usr', '/var'";

  /** Directories that hold others; below them there is room. */
  static final String TAKEN_ITSELF = "'/home', '/home/ray', '/mnt', '/opt'";

  /** The same as {@link #check}, for kro. */
  static final String MOUNT_PATH =
      "!["
          + TAKEN_ITSELF
          + "].exists(d, self == d) && !["
          + TAKEN
          + "].exists(d, self == d || self.startsWith(d + '/'))";

  static final String ONE_NODE = "ReadWriteOnce";

  private static final String DEFINITION = "kro: the definition of the Ray Service";
  private static final String CLAIM = "Kubernetes: a PersistentVolumeClaim";

  /** The broken rules beside those of each field. */
  static Stream<Violation> check(@Nullable ModelCache cache) {
    if (cache == null || cache.mountPath() == null) {
      return Stream.empty();
    }
    String path = cache.mountPath();
    boolean taken =
        directories(TAKEN_ITSELF).contains(path)
            || directories(TAKEN).stream()
                .anyMatch(dir -> path.equals(dir) || path.startsWith(dir + "/"));
    return taken
        ? Stream.of(
            Violation.of(
                "spec.modelCache.mountPath",
                path,
                "must be a directory that the image and Ray do not use, such as /mnt/models: the volume would hide what is there",
                BrokenRule.POLICY))
        : Stream.empty();
  }

  private static List<String> directories(String texts) {
    return List.of(texts.replace("'", "").split(", ", -1));
  }

  /** What an update may not change: Kubernetes refuses it, and kro would try for ever. */
  static List<Violation> checkUpdate(@Nullable ModelCache before, @Nullable ModelCache after) {
    List<Violation> violations = new ArrayList<>();
    if (before == null || after == null) {
      return violations;
    }
    String again = "; to have another one, remove modelCache, merge that, and add it again";
    if (!Objects.equals(before.storageClassName(), after.storageClassName())) {
      violations.add(
          Violation.of(
              "spec.modelCache.storageClassName",
              after.storageClassName() == null ? "" : after.storageClassName(),
              (before.storageClassName() == null
                      ? "must be absent, as when the volume was made"
                      : "must be " + before.storageClassName())
                  + again,
              CLAIM));
    }
    if (!before.accessMode().equals(after.accessMode())) {
      violations.add(
          Violation.of(
              "spec.modelCache.accessMode",
              after.accessMode(),
              "must be " + before.accessMode() + again,
              CLAIM));
    }
    return violations;
  }

  /** What a change means for the volume that runs now; empty for nothing to worry about. */
  public static Optional<Violation> warnOfChange(
      Optional<RayServiceForm> accepted, Optional<RayServiceForm> wanted) {
    ModelCache before = accepted.map(RayServiceForm::modelCache).orElse(null);
    ModelCache after = wanted.map(RayServiceForm::modelCache).orElse(null);
    if (before == null) {
      return Optional.empty();
    }
    String field = "spec.modelCache.size";
    if (after == null) {
      return Optional.of(
          Violation.of(
              field,
              before.size(),
              "is deleted by this change: what only this volume holds is lost",
              DEFINITION));
    }
    return Grammar.QUANTITY.check(before.size()).isEmpty()
            && Quantities.amount(after.size()).compareTo(Quantities.amount(before.size())) < 0
        ? Optional.of(
            Violation.of(
                field,
                after.size(),
                "is less than the %s of now: a volume that has grown cannot shrink, and then nothing of this change arrives"
                    .formatted(before.size()),
                CLAIM))
        : Optional.empty();
  }

  /**
   * This directory on the volume that there is now, so that an earlier form can come again without
   * what Kubernetes refuses.
   */
  ModelCache on(@Nullable ModelCache now) {
    // A person may have written anything into the file of now.
    boolean valid =
        now != null
            && Grammar.QUANTITY.check(now.size()).isEmpty()
            && Grammar.ACCESS_MODE.check(now.accessMode()).isEmpty()
            && (now.storageClassName() == null
                || Grammar.STORAGE_CLASS.check(now.storageClassName()).isEmpty());
    return now == null || !valid
        ? this
        : new ModelCache(now.size(), now.storageClassName(), now.accessMode(), mountPath);
  }

  /** What whoever asks for it should know. */
  static void warn(ModelCache cache, Stream.Builder<Violation> warnings) {
    QuantityWarnings.warnOfStorage("spec.modelCache.size", cache.size(), warnings);
    warnings.add(
        Violation.of(
            "spec.modelCache.size",
            cache.size(),
            "is deleted together with the Ray Service: what only this volume holds is lost then",
            DEFINITION));
    if (cache.accessMode().equals(ONE_NODE)) {
      warnings.add(
          Violation.of(
              "spec.modelCache.accessMode",
              ONE_NODE,
              "keeps head and workers, and those of the next Ray cluster, on the node that has the volume: pods that do not fit there wait",
              "Kubernetes: access modes of a volume"));
    }
  }
}
