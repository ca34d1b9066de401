@NullMarked
package io.github.rayservice.scaffolder.template;

import org.jspecify.annotations.NullMarked;
