@NullMarked
package io.github.rayservice.scaffolder.render;

import org.jspecify.annotations.NullMarked;
