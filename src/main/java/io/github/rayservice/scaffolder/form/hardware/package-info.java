/** The kinds of hardware that a platform offers, and what they cost. */
@NullMarked
package io.github.rayservice.scaffolder.form.hardware;

import org.jspecify.annotations.NullMarked;
