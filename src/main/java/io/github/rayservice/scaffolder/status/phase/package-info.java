/** From what everyone says to a phase. Pure. */
@NullMarked
package io.github.rayservice.scaffolder.status.phase;

import org.jspecify.annotations.NullMarked;
