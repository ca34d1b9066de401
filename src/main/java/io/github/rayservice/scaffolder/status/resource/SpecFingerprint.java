package io.github.rayservice.scaffolder.status.resource;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The values in the spec of a kro instance, to tell whether another holds the same. Of each only
 * its path and a checksum are kept: thousands of specs stay in memory.
 */
public final class SpecFingerprint {
  /** Holds nothing, so that nothing can be missing elsewhere. */
  public static final SpecFingerprint NONE = new SpecFingerprint(new String[0], new int[0]);

  private final String[] paths;
  private final int[] checksums;

  private SpecFingerprint(String[] paths, int[] checksums) {
    this.paths = paths;
    this.checksums = checksums;
  }

  /**
   * Takes them from a spec as a parser of JSON or YAML gives it: of maps, lists, texts, numbers and
   * booleans. A value that is null says as much as one that is absent.
   */
  public static SpecFingerprint of(Map<?, ?> spec) {
    TreeMap<String, Integer> values = new TreeMap<>();
    collect("spec", spec, values);
    String[] paths = new String[values.size()];
    int[] checksums = new int[values.size()];
    int place = 0;
    for (Map.Entry<String, Integer> value : values.entrySet()) {
      paths[place] = value.getKey();
      checksums[place] = value.getValue();
      place++;
    }
    return new SpecFingerprint(paths, checksums);
  }

  private static void collect(String path, @Nullable Object value, Map<String, Integer> values) {
    switch (value) {
      case null -> {}
      case Map<?, ?> map -> map.forEach((name, child) -> collect(path + "." + name, child, values));
      case List<?> list -> {
        int index = 0;
        for (Object element : list) {
          collect(path + "[" + index + "]", element, values);
          index++;
        }
      }
      // A parser may read 1 where another reads 1.0.
      case Number number -> values.put(path, checksum(plain(number)));
      default -> values.put(path, checksum(value.toString()));
    }
  }

  private static String plain(Number number) {
    return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
  }

  private static int checksum(String text) {
    CRC32C checksum = new CRC32C();
    checksum.update(text.getBytes(UTF_8));
    return (int) checksum.getValue();
  }

  /**
   * The path, such as {@code spec.ingress.host}, of the first of these values that the other has
   * not, or has otherwise; empty when it has them all. What it has beside them, as the API server
   * adds defaults, is left alone.
   */
  public Optional<String> firstMissingIn(SpecFingerprint other) {
    for (int i = 0; i < paths.length; i++) {
      int place = Arrays.binarySearch(other.paths, paths[i]);
      if (place < 0 || other.checksums[place] != checksums[i]) {
        return Optional.of(paths[i]);
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof SpecFingerprint other
        && Arrays.equals(paths, other.paths)
        && Arrays.equals(checksums, other.checksums);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(paths) + Arrays.hashCode(checksums);
  }

  @Override
  public String toString() {
    return Arrays.toString(paths);
  }
}
