@NullMarked
package io.github.rayservice.scaffolder.catalog;

import org.jspecify.annotations.NullMarked;
