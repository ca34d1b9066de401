@NullMarked
package io.github.rayservice.scaffolder.status;

import org.jspecify.annotations.NullMarked;
