package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A form that keeps every rule, with its defaults applied.
 *
 * @param warnings values that are valid but rarely intended
 */
public record RayServiceRequest(
    RayServiceDocument.Metadata metadata, RayServiceForm form, List<Violation> warnings) {
  public RayServiceRequest {
    warnings = List.copyOf(warnings);
  }

  /** Which Ray Service it is about. */
  public RayServiceId id() {
    return document().id();
  }

  /** The same request with another {@code createdBy}. */
  public RayServiceRequest withCreatedBy(String createdBy) {
    return new RayServiceRequest(metadata, form.withCreatedBy(createdBy), warnings);
  }

  /** The same request, restarted at another time; null for never. */
  public RayServiceRequest withRestartedAt(@Nullable String restartedAt) {
    return new RayServiceRequest(metadata, form.withRestartedAt(restartedAt), warnings);
  }

  /** The requested kro instance. */
  public RayServiceDocument document() {
    return new RayServiceDocument(
        RayServiceDocument.API_VERSION, RayServiceDocument.KIND, metadata, form);
  }
}
