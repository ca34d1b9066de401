/** What is checked by the clock: dependencies, capacity, DNS. */
@NullMarked
package io.github.rayservice.scaffolder.status.platform;

import org.jspecify.annotations.NullMarked;
