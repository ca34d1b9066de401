/** Reading: what the refs are, and what their commits hold. */
@NullMarked
package io.github.rayservice.scaffolder.gitops.index;

import org.jspecify.annotations.NullMarked;
