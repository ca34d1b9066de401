package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.status.resource.Fields;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.ObjectReaders;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.WatchedObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest state of every object of one kind, reduced to the fields that are read. An older state
 * that arrives late changes nothing, and a deleted object does not come back. Not thread-safe.
 */
final class ResourceStore<T extends WatchedObject> {
  private record Item<T>(ObjectMetadata metadata, Observed<T> observed) {}

  /** Late states of a deleted object arrive within seconds; so many are not deleted meanwhile. */
  private static final int DELETED_REMEMBERED = 1000;

  private final ObjectReaders.Reader<T> reader;
  private final Map<String, Map<String, Item<T>>> byNamespace = new HashMap<>();
  private final Map<String, Boolean> deleted =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > DELETED_REMEMBERED;
        }
      };
  private SourceState state;

  ResourceStore(ObjectReaders.Reader<T> reader, SourceState state) {
    this.reader = reader;
    this.state = state;
  }

  SourceState state() {
    return state;
  }

  void state(SourceState changed) {
    state = changed;
  }

  /** Stores an object; false when it is older than the stored one. */
  boolean put(GenericKubernetesResource object) {
    ObjectMetadata metadata = Fields.metadata(object.getMetadata());
    Map<String, Item<T>> items =
        byNamespace.computeIfAbsent(metadata.namespace(), n -> new HashMap<>(2));
    @Nullable Item<T> known = items.get(metadata.name());
    if (deleted.containsKey(metadata.uid())
        || (known != null && metadata.isOlderThan(known.metadata()))) {
      return false;
    }
    Observed<T> observed = reader.readOrMalformed(object);
    // The reader made an equal one. Keep only one of them.
    ObjectMetadata kept = observed.present().map(WatchedObject::metadata).orElse(metadata);
    items.put(kept.name(), new Item<>(kept, observed));
    return true;
  }

  /** Removes an object; false when another object has this name by now. */
  boolean remove(GenericKubernetesResource object) {
    ObjectMetadata metadata = Fields.metadata(object.getMetadata());
    if (!metadata.uid().isEmpty()) {
      deleted.put(metadata.uid(), true);
    }
    Map<String, Item<T>> items = byNamespace.getOrDefault(metadata.namespace(), Map.of());
    @Nullable Item<T> known = items.get(metadata.name());
    if (known == null || !known.metadata().uid().equals(metadata.uid())) {
      return false;
    }
    items.remove(metadata.name());
    if (items.isEmpty()) {
      byNamespace.remove(metadata.namespace());
    }
    return true;
  }

  /** What the source says of one object. */
  Observed<T> observed(String namespace, String name) {
    @Nullable Item<T> item = byNamespace.getOrDefault(namespace, Map.of()).get(name);
    return state.observe(item == null ? new Observed.Absent<>() : item.observed());
  }

  /** What the source says of an object that was never seen. */
  Observed<T> nothing() {
    return state.observe(new Observed.Absent<>());
  }

  Optional<T> find(String namespace, String name) {
    return observed(namespace, name).lastKnown();
  }

  /** The objects of a namespace that can be read. */
  List<T> in(String namespace) {
    return byNamespace.getOrDefault(namespace, Map.of()).values().stream()
        .flatMap(item -> item.observed().present().stream())
        .toList();
  }

  /** The metadata of the object as it was seen last. */
  Optional<ObjectMetadata> metadata(String namespace, String name) {
    return Optional.ofNullable(byNamespace.getOrDefault(namespace, Map.of()).get(name))
        .map(Item::metadata);
  }

  Collection<ObjectMetadata> metadataIn(String namespace) {
    return byNamespace.getOrDefault(namespace, Map.of()).values().stream()
        .map(Item::metadata)
        .toList();
  }

  /** Whether nothing of a namespace is known, readable or not. */
  boolean isEmptyIn(String namespace) {
    return byNamespace.getOrDefault(namespace, Map.of()).isEmpty();
  }

  /** The metadata of all objects, including those that are malformed. */
  List<ObjectMetadata> allMetadata() {
    return byNamespace.values().stream()
        .flatMap(items -> items.values().stream())
        .map(Item::metadata)
        .toList();
  }

  /** All objects that can be read. */
  List<T> all() {
    return byNamespace.keySet().stream().flatMap(namespace -> in(namespace).stream()).toList();
  }
}
