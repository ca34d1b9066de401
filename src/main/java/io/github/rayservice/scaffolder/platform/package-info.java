/** What the platform fixes for all Ray Services: owners, links, addresses of endpoints. */
@NullMarked
package io.github.rayservice.scaffolder.platform;

import org.jspecify.annotations.NullMarked;
