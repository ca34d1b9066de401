/** Writing: commits that move refs only from where they were read. */
@NullMarked
package io.github.rayservice.scaffolder.gitops.commit;

import org.jspecify.annotations.NullMarked;
