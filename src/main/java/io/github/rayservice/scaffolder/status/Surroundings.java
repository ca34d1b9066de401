package io.github.rayservice.scaffolder.status;

import java.time.Instant;
import java.util.List;

/**
 * What a Ray Service depends on, beside its own objects.
 *
 * @param warnings in its target namespace
 * @param ingresses in its target namespace
 * @param instances whether kinds of kro can be read
 * @param rayServices whether kinds of KubeRay can be read
 * @param graph the definition of our kind
 * @param ingressClass the class that it asks for
 */
record Surroundings(
    List<WarningEvent> warnings,
    List<IngressState> ingresses,
    Access instances,
    Access rayServices,
    Reading<GraphState> graph,
    Reading<IngressClassState> ingressClass,
    Asked asked,
    Instant now) {}
