package io.github.rayservice.scaffolder.form.value;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Images that a platform allows: those of a registry, or of the repositories at and below a path.
 * Each text is completed as Docker completes the name of an image: {@code rayproject/ray} is {@code
 * docker.io/rayproject/ray}, {@code ray} is {@code docker.io/library/ray}. A single word with a dot
 * or a colon, and {@code localhost}, is a registry.
 */
public final class ImagePrefix {
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "(%s)(/%s)?|%s".formatted(ImageReference.HOST, ImageReference.PATH, ImageReference.PATH));

  private final String text;
  private final ImageReference prefix;

  private ImagePrefix(String text, ImageReference prefix) {
    this.text = text;
    this.prefix = prefix;
  }

  /**
   * The prefix that a setting means.
   *
   * @throws IllegalArgumentException when it is neither a registry nor a path of repositories
   */
  public static ImagePrefix of(String setting) {
    String text = setting.strip();
    String plain = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (text.length() > ImageReference.MAX_NAME || !GRAMMAR.matcher(plain).matches()) {
      throw malformed(text);
    }
    int slash = plain.indexOf('/');
    String first = slash < 0 ? plain : plain.substring(0, slash);
    if (!ImageReference.isHost(first)) {
      return new ImagePrefix(text, ImageReference.onDockerHub(plain));
    }
    String path = slash < 0 ? "" : plain.substring(slash + 1);
    return new ImagePrefix(text, ImageReference.at(first, path));
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "\"%s\" is neither a registry, such as registry.company.com:5000, nor a path of repositories, such as docker.io/rayproject; neither has a scheme, a tag, a digest or a *"
            .formatted(text));
  }

  /** Whether the image is in the registry, and in a repository at or below the path. */
  public boolean allows(ImageReference image) {
    String path = prefix.repository();
    return image.registry().equals(prefix.registry())
        && (path.isEmpty()
            || image.repository().equals(path)
            || image.repository().startsWith(path + "/"));
  }

  /** The prefixes as the setting writes them, for a sentence. */
  public static String join(List<ImagePrefix> prefixes) {
    return prefixes.stream().map(ImagePrefix::toString).collect(Collectors.joining(", "));
  }

  /** The prefix as the setting writes it. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * Reads a prefix from the configuration. SmallRye would find {@code of} by itself, but then its
   * error has only the setting's name, without the reason.
   */
  public static final class Reader implements Converter<ImagePrefix> {
    @Override
    public ImagePrefix convert(String setting) {
      return of(setting);
    }
  }
}
