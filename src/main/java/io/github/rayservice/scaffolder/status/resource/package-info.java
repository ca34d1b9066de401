/** What one Kubernetes object says. Pure. */
@NullMarked
package io.github.rayservice.scaffolder.status.resource;

import org.jspecify.annotations.NullMarked;
