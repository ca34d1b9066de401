/**
 * What one value of a form may be, whatever its field: grammars, limits, what no text may contain,
 * and the violation that says which rule a value breaks.
 */
@NullMarked
package io.github.rayservice.scaffolder.form.value;

import org.jspecify.annotations.NullMarked;
