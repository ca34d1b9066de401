/** Reads Ray Services: what Git has of them, and where they are. */
@NullMarked
package io.github.rayservice.scaffolder.deploy.query;

import org.jspecify.annotations.NullMarked;
