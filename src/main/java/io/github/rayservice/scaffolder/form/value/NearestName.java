package io.github.rayservice.scaffolder.form.value;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses which name was meant by one that is unknown. */
public final class NearestName {
  private static final int MAX_DISTANCE = 3;

  private NearestName() {}

  public static Optional<String> of(String unknown, List<String> known) {
    LevenshteinDistance distance = new LevenshteinDistance(MAX_DISTANCE);
    String lowerCase = unknown.toLowerCase(Locale.ROOT);
    record Guess(String name, int distance) {}
    return known.stream()
        .map(name -> new Guess(name, distance.apply(lowerCase, name.toLowerCase(Locale.ROOT))))
        // When more than half of the letters differ, it is another name and not a typing error.
        .filter(g -> g.distance() >= 0 && g.distance() * 2 <= g.name().length())
        .min(Comparator.comparingInt(Guess::distance))
        .map(Guess::name);
  }
}
