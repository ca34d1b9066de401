package io.github.rayservice.scaffolder.testsupport.sbom;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The licences that the parts of this project may have.
 *
 * @param allowed SPDX ids, SPDX expressions, or the author's own words
 * @param testsOnly those that a program of the tests may have, too
 * @param exceptions package URLs of single parts, each with the reason
 */
public record LicencePolicy(
    Set<String> allowed, Set<String> testsOnly, Map<String, String> exceptions) {
  private static final Path FILE = Path.of("src/test/resources/sbom/licences.yaml");
  private static final ObjectMapper YAML = new YAMLMapper();

  public LicencePolicy {
    allowed = Set.copyOf(allowed);
    testsOnly = Set.copyOf(testsOnly);
    exceptions = Map.copyOf(exceptions);
  }

  /** The one of this repository. */
  public static LicencePolicy load() throws IOException {
    return YAML.readValue(FILE.toFile(), LicencePolicy.class);
  }

  /** For programs that only the tests run. */
  public LicencePolicy forTests() {
    return new LicencePolicy(
        Stream.concat(allowed.stream(), testsOnly.stream()).collect(Collectors.toSet()),
        testsOnly,
        exceptions);
  }

  /**
   * What is wrong, one line each: parts with another licence or none, and exceptions that no part
   * needs any more.
   *
   * @param type of the exceptions that these parts may need: npm, maven or golang
   */
  public List<String> violations(String type, Sbom sbom) {
    List<String> found = new ArrayList<>();
    List<String> unused =
        new ArrayList<>(
            exceptions.keySet().stream()
                .filter(purl -> purl.startsWith("pkg:" + type + "/"))
                .toList());
    for (Sbom.Part part : sbom.parts()) {
      if (!isAllowed(part) && !unused.remove(part.purl()) && !exceptions.containsKey(part.purl())) {
        found.add(
            "%s has %s"
                .formatted(
                    part.purl(),
                    part.licences().isEmpty()
                        ? "no licence that is known"
                        : "the licence " + String.join(", ", part.licences())));
      }
    }
    unused.forEach(purl -> found.add(purl + " needs no exception"));
    found.sort(Comparator.naturalOrder());
    return found;
  }

  private boolean isAllowed(Sbom.Part part) {
    return part.leavesTheChoice()
        ? part.licences().stream().anyMatch(allowed::contains)
        : !part.licences().isEmpty() && allowed.containsAll(part.licences());
  }
}
