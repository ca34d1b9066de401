package io.github.rayservice.scaffolder.status.diagnosis;

import io.github.rayservice.scaffolder.status.resource.IngressClassState;
import io.github.rayservice.scaffolder.status.resource.IngressState;
import io.github.rayservice.scaffolder.status.resource.NamespaceState;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.ResourceGraphDefinitionState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.WarningEvent;
import java.util.List;
import java.util.Optional;

/**
 * What a Ray Service depends on, beside its own objects.
 *
 * @param namespace its target namespace; empty when it is not there, or is not one that kro made
 * @param warnings in its target namespace
 * @param ingresses in its target namespace
 * @param instances whether kinds of kro can be read
 * @param rayServices whether kinds of KubeRay can be read
 * @param definition the definition of our kind
 * @param ingressClass the class that it asks for
 */
public record DiagnosisContext(
    Optional<NamespaceState> namespace,
    List<WarningEvent> warnings,
    List<IngressState> ingresses,
    SourceState instances,
    SourceState rayServices,
    Observed<ResourceGraphDefinitionState> definition,
    Observed<IngressClassState> ingressClass,
    ProbeResults probes) {}
