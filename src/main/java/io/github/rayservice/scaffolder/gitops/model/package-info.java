/** The words of the GitOps repository. Imports nothing else of it. */
@NullMarked
package io.github.rayservice.scaffolder.gitops.model;

import org.jspecify.annotations.NullMarked;
