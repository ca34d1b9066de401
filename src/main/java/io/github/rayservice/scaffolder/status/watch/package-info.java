/** Informers that feed the status. */
@NullMarked
package io.github.rayservice.scaffolder.status.watch;

import org.jspecify.annotations.NullMarked;
