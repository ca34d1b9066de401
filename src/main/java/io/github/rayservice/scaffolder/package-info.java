@NullMarked
package io.github.rayservice.scaffolder;

import org.jspecify.annotations.NullMarked;
