@NullMarked
package io.github.rayservice.scaffolder.api;

import org.jspecify.annotations.NullMarked;
