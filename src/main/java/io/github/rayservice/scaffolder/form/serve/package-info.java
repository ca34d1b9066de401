/**
 * Ray Serve's config file and options, in Ray's own words: its JSON schemas, and what Ray checks in
 * code.
 */
@NullMarked
package io.github.rayservice.scaffolder.form.serve;

import org.jspecify.annotations.NullMarked;
