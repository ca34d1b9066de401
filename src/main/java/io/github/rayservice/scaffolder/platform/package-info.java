/** Settings of the platform for all Ray Services: owners, links and URLs of endpoints. */
@NullMarked
package io.github.rayservice.scaffolder.platform;

import org.jspecify.annotations.NullMarked;
