package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shares equal texts and times of thousands of objects: namespaces, reasons, images. It has two
 * tables of fixed size in which a new value replaces another, so no value must be removed when it
 * is no longer used. Interners of libraries keep an entry for each text, which is larger than most
 * texts.
 */
final class Interner {
  /** Places for the names of ten thousand Ray Services; a quarter of a megabyte each table. */
  private static final int PLACES = 1 << 16;

  private static final int LONGEST = 128;

  private static final @Nullable String[] TEXTS = new String[PLACES];

  private static final List<Optional<Instant>> TIMES =
      new ArrayList<>(Collections.nCopies(PLACES, Optional.empty()));

  private Interner() {}

  /** An equal text that was met before; long texts are not shared, they belong to one object. */
  static String text(String text) {
    if (text.length() > LONGEST) {
      return text;
    }
    int place = place(text);
    // If two threads race here, each keeps its own.
    @Nullable String known = TEXTS[place];
    if (known != null && known.equals(text)) {
      return known;
    }
    TEXTS[place] = text;
    return text;
  }

  static Optional<Instant> time(Instant time) {
    int place = place(time);
    Optional<Instant> known = TIMES.get(place);
    if (known.isPresent() && known.get().equals(time)) {
      return known;
    }
    Optional<Instant> own = Optional.of(time);
    TIMES.set(place, own);
    return own;
  }

  private static int place(Object object) {
    int hash = object.hashCode();
    return (hash ^ hash >>> 16) & PLACES - 1;
  }
}
