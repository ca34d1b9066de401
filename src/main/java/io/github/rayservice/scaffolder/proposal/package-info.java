@NullMarked
package io.github.rayservice.scaffolder.proposal;

import org.jspecify.annotations.NullMarked;
