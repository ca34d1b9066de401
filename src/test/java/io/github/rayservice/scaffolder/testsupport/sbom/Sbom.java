package io.github.rayservice.scaffolder.testsupport.sbom;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.LicenseChoice;
import org.cyclonedx.parsers.JsonParser;

/** What a program is made of: a CycloneDX file. */
public record Sbom(List<Part> parts) {
  public Sbom {
    parts = List.copyOf(parts);
  }

  /**
   * One library.
   *
   * @param purl its package URL without qualifiers, such as pkg:npm/pause@0.0.1
   * @param licences SPDX ids, SPDX expressions, or the author's own words; empty when it names none
   */
  public record Part(String purl, List<String> licences) {
    public Part {
      licences = List.copyOf(licences);
    }

    /**
     * Maven's rule is that a project which names several licences leaves the choice to its user. No
     * other tool says so, so there all of them count.
     */
    boolean leavesTheChoice() {
      return purl.startsWith("pkg:maven/");
    }
  }

  /**
   * Reads a file in JSON.
   *
   * @throws AssertionError when the file breaks the schema of its CycloneDX version, or a library
   *     in it has no name, version or package URL
   */
  public static Sbom read(Path file) throws IOException {
    JsonParser parser = new JsonParser();
    try {
      Bom bom = parser.parse(file.toFile());
      List<ParseException> broken = parser.validate(file.toFile());
      if (!broken.isEmpty() || bom.getComponents().isEmpty()) {
        throw new AssertionError("%s is not a CycloneDX file: %s".formatted(file, broken));
      }
      return new Sbom(bom.getComponents().stream().map(Sbom::part).toList());
    } catch (ParseException e) {
      throw new AssertionError(file + " is not a CycloneDX file", e);
    }
  }

  private static Part part(Component component) {
    if (component.getName() == null
        || component.getVersion() == null
        || component.getPurl() == null) {
      throw new AssertionError(
          "a component without name, version or purl: %s %s %s"
              .formatted(component.getName(), component.getVersion(), component.getPurl()));
    }
    return new Part(
        component.getPurl().replaceFirst("[?#].*", ""), licences(component.getLicenses()));
  }

  private static List<String> licences(LicenseChoice choice) {
    if (choice == null) {
      return List.of();
    }
    if (choice.getExpression() != null) {
      return List.of(choice.getExpression().getValue());
    }
    return choice.getLicenses() == null
        ? List.of()
        : choice.getLicenses().stream()
            .flatMap(licence -> Stream.of(licence.getId(), licence.getName()))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
  }
}
