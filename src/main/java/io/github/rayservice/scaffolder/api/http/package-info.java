/** What every resource needs: headers, parameters, bodies, problems. */
@NullMarked
package io.github.rayservice.scaffolder.api.http;

import org.jspecify.annotations.NullMarked;
