/** Where the bytes are: the embedded repository, or the mirror of one on a Git server. */
@NullMarked
package io.github.rayservice.scaffolder.gitops.transport;

import org.jspecify.annotations.NullMarked;
