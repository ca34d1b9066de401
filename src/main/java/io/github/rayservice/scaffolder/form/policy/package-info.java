/** What a platform's settings let a form ask for, and what they fill in where it asks nothing. */
@NullMarked
package io.github.rayservice.scaffolder.form.policy;

import org.jspecify.annotations.NullMarked;
