@NullMarked
package io.github.rayservice.scaffolder.gitops;

import org.jspecify.annotations.NullMarked;
