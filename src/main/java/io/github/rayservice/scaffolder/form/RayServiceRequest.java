package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.List;

/**
 * A form that keeps every rule, with its defaults applied.
 *
 * @param warnings values that are valid but rarely intended
 */
public record RayServiceRequest(RayServiceId id, RayServiceForm form, List<Violation> warnings) {
  public RayServiceRequest {
    warnings = List.copyOf(warnings);
  }

  /** The same request with another {@code createdBy}. */
  public RayServiceRequest withCreatedBy(String createdBy) {
    return new RayServiceRequest(id, form.withCreatedBy(createdBy), warnings);
  }

  /** The requested kro instance. */
  public RayServiceDocument document() {
    return new RayServiceDocument(
        RayServiceDocument.API_VERSION,
        RayServiceDocument.KIND,
        new RayServiceDocument.Metadata(id.namespace(), id.name()),
        form);
  }
}
