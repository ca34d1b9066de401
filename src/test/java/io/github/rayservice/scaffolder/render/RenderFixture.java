package io.github.rayservice.scaffolder.render;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.platform.DashboardConfig;
import io.github.rayservice.scaffolder.platform.Dashboards;
import io.quarkus.qute.Engine;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.TemplateLocator.TemplateLocation;
import io.quarkus.qute.Variant;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Map;
import java.util.Optional;

/** The renderer without Quarkus, with the same templates. */
public final class RenderFixture {
  private RenderFixture() {}

  public static Renderer renderer() {
    return renderer(Map.of());
  }

  /** A renderer with settings of {@link CatalogConfig}. */
  static Renderer renderer(Map<String, String> settings) {
    return new Renderer(engine(), catalog(settings), FormFixture.reader());
  }

  /** Settings of {@link CatalogConfig} as the service reads them. */
  public static CatalogConfig catalog(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withMapping(CatalogConfig.class)
        .withDefaultValues(settings)
        .build()
        .getConfigMapping(CatalogConfig.class);
  }

  /** The dashboards of settings of {@link DashboardConfig}. */
  public static Dashboards dashboards(Map<String, String> settings) {
    return new Dashboards(
        new SmallRyeConfigBuilder()
            .withMapping(DashboardConfig.class)
            .withDefaultValues(settings)
            .build()
            .getConfigMapping(DashboardConfig.class));
  }

  static Engine engine() {
    return Engine.builder()
        .addDefaults()
        .addValueResolver(new ReflectionValueResolver())
        .addResultMapper(new YamlResultMapper())
        .addLocator(RenderFixture::locate)
        .build();
  }

  private static Optional<TemplateLocation> locate(String id) {
    URL resource = RenderFixture.class.getResource("/templates/" + id);
    return Optional.ofNullable(resource).map(Located::new);
  }

  private record Located(URL resource) implements TemplateLocation {
    @Override
    public Reader read() {
      try {
        return new InputStreamReader(resource.openStream(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<Variant> getVariant() {
      return Optional.of(Variant.forContentType(YamlResultMapper.CONTENT_TYPE));
    }
  }
}
