/** Derives a phase from what the sources say. Pure. */
@NullMarked
package io.github.rayservice.scaffolder.status.phase;

import org.jspecify.annotations.NullMarked;
