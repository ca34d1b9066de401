package io.github.rayservice.scaffolder.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterCacheTest {
  @ParameterizedTest
  @EnumSource
  void anObjectWithoutAnyFieldIsNoError(WatchedKind kind) {
    GenericKubernetesResource empty = new GenericKubernetesResource();
    empty.setMetadata(new ObjectMetaBuilder().withName("x").withNamespace("y").build());
    ClusterCache cache = new ClusterCache(StatusStores.CONFIG, new SourceState.Available());

    cache.put(kind, empty);

    assertThat(cache.store(kind).observed("y", "x")).isInstanceOf(Observed.Present.class);
  }
}
