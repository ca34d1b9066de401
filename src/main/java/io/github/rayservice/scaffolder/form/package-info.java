@NullMarked
package io.github.rayservice.scaffolder.form;

import org.jspecify.annotations.NullMarked;
