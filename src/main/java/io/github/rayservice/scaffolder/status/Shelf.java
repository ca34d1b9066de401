package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.status.resource.Access;
import io.github.rayservice.scaffolder.status.resource.Fields;
import io.github.rayservice.scaffolder.status.resource.Readers;
import io.github.rayservice.scaffolder.status.resource.Reading;
import io.github.rayservice.scaffolder.status.resource.Stamp;
import io.github.rayservice.scaffolder.status.resource.Stamped;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest state of every object of one kind, reduced to what is looked at. An older state that
 * arrives late changes nothing, and what has ended does not come back. Not thread-safe.
 */
final class Shelf<T extends Stamped> {
  private record Item<T>(Stamp stamp, Reading<T> reading) {}

  /** Late news of an ended object come within seconds; so many do not end in that time. */
  private static final int ENDED_REMEMBERED = 1000;

  private final Readers.Reader<T> reader;
  private final Map<String, Map<String, Item<T>>> byNamespace = new HashMap<>();
  private final Map<String, Boolean> ended =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > ENDED_REMEMBERED;
        }
      };
  private Access access;

  Shelf(Readers.Reader<T> reader, Access access) {
    this.reader = reader;
    this.access = access;
  }

  Access access() {
    return access;
  }

  void access(Access changed) {
    access = changed;
  }

  /** Takes a state; false when it is older than what is known. */
  boolean put(GenericKubernetesResource object) {
    Stamp stamp = Fields.stamp(object.getMetadata());
    Map<String, Item<T>> items =
        byNamespace.computeIfAbsent(stamp.namespace(), n -> new HashMap<>(2));
    @Nullable Item<T> known = items.get(stamp.name());
    if (ended.containsKey(stamp.uid()) || (known != null && stamp.isOlderThan(known.stamp()))) {
      return false;
    }
    Reading<T> reading = reader.readSafely(object);
    // The reader made its own of the same: one of them is enough to keep.
    Stamp kept = reading.seen().map(Stamped::stamp).orElse(stamp);
    items.put(kept.name(), new Item<>(kept, reading));
    return true;
  }

  /** Takes notice of an end; false when another object stands there under this name by now. */
  boolean remove(GenericKubernetesResource object) {
    Stamp stamp = Fields.stamp(object.getMetadata());
    if (!stamp.uid().isEmpty()) {
      ended.put(stamp.uid(), true);
    }
    Map<String, Item<T>> items = byNamespace.getOrDefault(stamp.namespace(), Map.of());
    @Nullable Item<T> known = items.get(stamp.name());
    if (known == null || !known.stamp().uid().equals(stamp.uid())) {
      return false;
    }
    items.remove(stamp.name());
    if (items.isEmpty()) {
      byNamespace.remove(stamp.namespace());
    }
    return true;
  }

  /** What the source says of one object. */
  Reading<T> reading(String namespace, String name) {
    @Nullable Item<T> item = byNamespace.getOrDefault(namespace, Map.of()).get(name);
    return access.of(item == null ? new Reading.Absent<>() : item.reading());
  }

  /** What the source says of an object that nobody has seen. */
  Reading<T> nothing() {
    return access.of(new Reading.Absent<>());
  }

  Optional<T> find(String namespace, String name) {
    return reading(namespace, name).lastSeen();
  }

  /** Those of a namespace that can be understood. */
  List<T> in(String namespace) {
    return byNamespace.getOrDefault(namespace, Map.of()).values().stream()
        .flatMap(item -> item.reading().seen().stream())
        .toList();
  }

  /** What identifies the object as it was seen last. */
  Optional<Stamp> stamp(String namespace, String name) {
    return Optional.ofNullable(byNamespace.getOrDefault(namespace, Map.of()).get(name))
        .map(Item::stamp);
  }

  Collection<Stamp> stampsIn(String namespace) {
    return byNamespace.getOrDefault(namespace, Map.of()).values().stream()
        .map(Item::stamp)
        .toList();
  }

  /** All, also those that make no sense. */
  List<Stamp> stamps() {
    return byNamespace.values().stream()
        .flatMap(items -> items.values().stream())
        .map(Item::stamp)
        .toList();
  }

  /** All that can be understood. */
  List<T> all() {
    return byNamespace.keySet().stream().flatMap(namespace -> in(namespace).stream()).toList();
  }
}
