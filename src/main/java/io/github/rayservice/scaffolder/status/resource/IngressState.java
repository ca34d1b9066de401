package io.github.rayservice.scaffolder.status.resource;

import java.util.List;

/**
 * An Ingress of a Ray Service.
 *
 * @param addresses host names or IP addresses that its controller gave it; empty before
 */
public record IngressState(ObjectMetadata metadata, String className, List<String> addresses)
    implements WatchedObject {}
