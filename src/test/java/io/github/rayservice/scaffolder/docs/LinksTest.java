package io.github.rayservice.scaffolder.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where the pages lead. Addresses of other sites are looked at, never called. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");

  private final List<Page> pages = Page.all();

  LinksTest() throws IOException {}

  @Test
  void everyLinkLeadsSomewhere() {
    assertThat(pages)
        .allSatisfy(
            page -> assertThat(links(page)).allSatisfy(link -> assertLeadsSomewhere(page, link)));
  }

  private static void assertLeadsSomewhere(Page page, String link) {
    if (link.startsWith("http")) {
      assertThat(URI.create(link)).hasScheme("https").hasNoUserInfo();
      assertThat(URI.create(link).getHost()).isNotBlank();
      return;
    }
    String[] parts = link.split("#", 2);
    Path target = target(page, parts[0]);
    assertThat(target).exists();
    if (parts.length == 2) {
      assertThat(Page.read(target).anchors()).contains(parts[1]);
    }
  }

  private static Path target(Page page, String path) {
    return path.isEmpty() ? page.path() : page.path().resolveSibling(path).normalize();
  }

  /** A link's text may hold code and may go over the end of a line. */
  private static List<String> links(Page page) {
    String prose = CODE.matcher(String.join(" ", page.prose())).replaceAll("code");
    return LINK.matcher(prose).results().map(found -> found.group(1)).toList();
  }

  @Test
  void everyPageAndPictureIsLinkedTo() throws IOException {
    Set<Path> targets =
        pages.stream()
            .flatMap(page ->
                links(page).stream()
                    .filter(link -> !link.startsWith("http"))
                    .map(link -> target(page, link.split("#", 2)[0])))
            .collect(Collectors.toSet());

    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      assertThat(targets).containsAll(docs.filter(Files::isRegularFile).toList());
    }
  }

  @Test
  void theReadmeIsReadInOneGo() throws IOException {
    assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(130);
  }
}
