package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.ClusterResources;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.SecretUse;
import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.github.rayservice.scaffolder.gitops.model.Demand;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummaryReader;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import jakarta.enterprise.context.ApplicationScoped;

/** Tells the repository's index what a kro instance holds. */
@ApplicationScoped
class InstanceSummaries implements InstanceSummaryReader {
  private final Renderer renderer;
  private final HardwareProfiles profiles;

  InstanceSummaries(Renderer renderer, HardwareProfiles profiles) {
    this.renderer = renderer;
    this.profiles = profiles;
  }

  @Override
  public InstanceSummary read(RayServiceId id, String text) {
    try {
      RayServiceDocument document = renderer.readInstance(text);
      RayServiceDocument.Metadata metadata = document.metadata();
      if (!metadata.namespace().equals(id.namespace()) || !metadata.name().equals(id.name())) {
        throw new UnreadableException(
            "%s says that it is %s/%s".formatted(FILE, metadata.namespace(), metadata.name()));
      }
      return of(document.spec(), profiles);
    } catch (UneditableFileException e) {
      throw new UnreadableException(String.valueOf(e.getMessage()));
    }
  }

  static InstanceSummary of(RayServiceForm form, HardwareProfiles profiles) {
    return new InstanceSummary(
        form.name(),
        form.namespace(),
        form.endpointHost(),
        form.ingress().ownHost(),
        form.createdBy(),
        SecretUse.names(form),
        ClusterResources.mostOf(form)
            .map(most -> new Demand(most.cpu(), most.memory(), most.devices())),
        profiles.monthlyCost(form).map(MonthlyCost::text));
  }
}
