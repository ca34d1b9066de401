package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.form.ClusterResources;
import io.github.rayservice.scaffolder.form.FieldChange;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.field.ChangeEffect;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import java.util.List;
import java.util.Optional;

/**
 * What a change does to a Ray Service that runs.
 *
 * @param changes the fields, against what is accepted; empty for a new Ray Service and for one that
 *     is deleted
 * @param secondCluster what the second Ray cluster takes until the first one ends; empty when none
 *     is made
 */
public record ChangeEffects(List<FieldChange> changes, Optional<ClusterResources> secondCluster) {
  private static final ChangeEffects NONE = new ChangeEffects(List.of(), Optional.empty());

  /**
   * Compares two texts of the Ray Service's file. A file that a person broke has no fields to
   * compare; the difference in Git shows what was done to it.
   */
  public static ChangeEffects between(
      Renderer renderer, Optional<String> accepted, Optional<String> wanted) {
    try {
      return accepted.isPresent() && wanted.isPresent()
          ? between(
              renderer.readInstance(accepted.get()).spec(),
              renderer.readInstance(wanted.get()).spec())
          : NONE;
    } catch (UneditableFileException e) {
      return NONE;
    }
  }

  private static ChangeEffects between(RayServiceForm accepted, RayServiceForm wanted) {
    List<FieldChange> changes = FieldChange.between(accepted, wanted);
    boolean needsCluster = changes.stream().anyMatch(c -> c.effect() == ChangeEffect.NEW_CLUSTER);
    return new ChangeEffects(
        changes, needsCluster ? ClusterResources.of(wanted) : Optional.empty());
  }
}
