/** Trees and blobs. */
@NullMarked
package io.github.rayservice.scaffolder.gitops.object;

import org.jspecify.annotations.NullMarked;
