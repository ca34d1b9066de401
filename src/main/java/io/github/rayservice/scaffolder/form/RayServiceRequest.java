package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.List;

/**
 * A form that keeps every rule, with its defaults applied.
 *
 * @param warnings what is legal but seldom meant
 */
public record RayServiceRequest(RayServiceId id, RayServiceForm form, List<Violation> warnings) {
  public RayServiceRequest {
    warnings = List.copyOf(warnings);
  }

  /** The same request in another person's name. */
  public RayServiceRequest withCreatedBy(String createdBy) {
    return new RayServiceRequest(id, form.withCreatedBy(createdBy), warnings);
  }

  /** The kro instance that this request asks for. */
  public RayServiceDocument document() {
    return new RayServiceDocument(
        RayServiceDocument.API_VERSION,
        RayServiceDocument.KIND,
        new RayServiceDocument.Metadata(id.namespace(), id.name()),
        form);
  }
}
