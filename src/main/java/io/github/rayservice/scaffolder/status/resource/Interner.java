package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps once what thousands of objects say alike: names of namespaces, reasons, images, times. Two
 * tables of fixed size in which a newcomer takes the place of another: nothing has to be removed
 * when it is no longer used, and what is said once costs nothing more. Interners of libraries hold
 * an entry for each word, which is more than most words are.
 */
final class Interner {
  /** Places for the names of ten thousand Ray Services; a quarter of a megabyte each table. */
  private static final int PLACES = 1 << 16;

  private static final int LONGEST = 128;

  private static final @Nullable String[] WORDS = new String[PLACES];

  private static final List<Optional<Instant>> TIMES =
      new ArrayList<>(Collections.nCopies(PLACES, Optional.empty()));

  private Interner() {}

  /** The same words, as they were met before; long ones are of one object alone. */
  static String text(String words) {
    if (words.length() > LONGEST) {
      return words;
    }
    int place = place(words);
    // Threads may overtake each other here: then both keep their own.
    @Nullable String known = WORDS[place];
    if (known != null && known.equals(words)) {
      return known;
    }
    WORDS[place] = words;
    return words;
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
