@NullMarked
package io.github.rayservice.scaffolder.access;

import org.jspecify.annotations.NullMarked;
