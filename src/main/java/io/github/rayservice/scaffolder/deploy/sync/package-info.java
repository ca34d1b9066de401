/** Brings the desired state, which Git and merge requests hold, into the status. */
@NullMarked
package io.github.rayservice.scaffolder.deploy.sync;

import org.jspecify.annotations.NullMarked;
