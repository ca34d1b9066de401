/** Readiness. */
@NullMarked
package io.github.rayservice.scaffolder.api.health;

import org.jspecify.annotations.NullMarked;
