@NullMarked
package io.github.rayservice.scaffolder.gitlab;

import org.jspecify.annotations.NullMarked;
