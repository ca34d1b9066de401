/** Why a Ray Service does not run. Pure. */
@NullMarked
package io.github.rayservice.scaffolder.status.diagnosis;

import org.jspecify.annotations.NullMarked;
