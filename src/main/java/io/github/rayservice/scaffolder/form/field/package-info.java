/**
 * What a form says of each of its fields: meaning, default, place in the Backstage form, effect.
 */
@NullMarked
package io.github.rayservice.scaffolder.form.field;

import org.jspecify.annotations.NullMarked;
