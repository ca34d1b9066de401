package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.annotation.Annotation;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;

/** Stores outside the container. */
public final class StatusStores {
  public static final StatusConfig CONFIG = new Settings(true, Duration.ofMillis(50));

  public record Settings(boolean enabled, Duration watchGrace) implements StatusConfig {
    @Override
    public String argocdNamespace() {
      return "argocd";
    }

    @Override
    public String argocdProject() {
      return "rayservices";
    }

    @Override
    public String argocdApplicationSet() {
      return "rayservices";
    }

    @Override
    public String resourceGraphDefinition() {
      return "rayservice.kro.run";
    }

    @Override
    public String gitInterval() {
      return "off";
    }

    @Override
    public String checkInterval() {
      return "off";
    }

    @Override
    public String dependenciesInterval() {
      return "off";
    }

    @Override
    public Duration dependenciesMaxAge() {
      return Duration.ZERO;
    }

    @Override
    public Duration patience() {
      return Duration.ofMinutes(1);
    }

    @Override
    public Duration longPatience() {
      return Duration.ofMinutes(15);
    }

    @Override
    public int history() {
      return 20;
    }

    @Override
    public Duration heartbeat() {
      return Duration.ofSeconds(15);
    }
  }

  private StatusStores() {}

  /** A store without a cluster. */
  public static StatusStore unwatched() {
    return store(new Settings(false, Duration.ZERO), Clock.systemUTC());
  }

  public static StatusStore watching() {
    return store(CONFIG, Clock.systemUTC());
  }

  public static StatusStore watching(InstantSource clock) {
    return store(CONFIG, clock.withZone(ZoneOffset.UTC));
  }

  private static StatusStore store(StatusConfig config, Clock clock) {
    return new StatusStore(
        config, clock, Executors.newVirtualThreadPerTaskExecutor(), new SimpleMeterRegistry());
  }

  /** A store for which every source can be read. */
  public static StatusStore live() {
    StatusStore statusStore = watching();
    for (WatchedKind kind : WatchedKind.values()) {
      statusStore.markAvailable(kind);
    }
    return statusStore;
  }

  /** One bean, as the container would give it. */
  public record Just<T>(T value) implements Instance<T> {
    @Override
    public T get() {
      return value;
    }

    @Override
    public Iterator<T> iterator() {
      return List.of(value).iterator();
    }

    @Override
    public Instance<T> select(Annotation... qualifiers) {
      return this;
    }

    @Override
    public <U extends T> Instance<U> select(Class<U> subtype, Annotation... qualifiers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <U extends T> Instance<U> select(TypeLiteral<U> subtype, Annotation... qualifiers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isUnsatisfied() {
      return false;
    }

    @Override
    public boolean isAmbiguous() {
      return false;
    }

    @Override
    public void destroy(T instance) {}

    @Override
    public Handle<T> getHandle() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<? extends Handle<T>> handles() {
      throw new UnsupportedOperationException();
    }
  }
}
