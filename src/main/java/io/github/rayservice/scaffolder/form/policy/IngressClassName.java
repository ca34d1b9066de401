package io.github.rayservice.scaffolder.form.policy;

import io.github.rayservice.scaffolder.form.value.Grammar;
import org.eclipse.microprofile.config.spi.Converter;

/** The name of an IngressClass in a setting. */
public record IngressClassName(String name) {
  /**
   * The name that a setting means.
   *
   * @throws IllegalArgumentException when no IngressClass can have it
   */
  public static IngressClassName of(String setting) {
    String name = setting.strip();
    Grammar.INGRESS_CLASS
        .check(name)
        .ifPresent(broken -> {
          throw new IllegalArgumentException("\"%s\" %s".formatted(name, broken.rule()));
        });
    return new IngressClassName(name);
  }

  @Override
  public String toString() {
    return name;
  }

  /** Reads a name from the configuration, so that its error says the reason. */
  public static final class Reader implements Converter<IngressClassName> {
    @Override
    public IngressClassName convert(String setting) {
      return of(setting);
    }
  }
}
