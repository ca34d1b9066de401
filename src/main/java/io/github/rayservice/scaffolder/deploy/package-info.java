@NullMarked
package io.github.rayservice.scaffolder.deploy;

import org.jspecify.annotations.NullMarked;
