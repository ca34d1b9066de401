package io.github.rayservice.scaffolder.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What people wrote into an accepted {@code catalog-info.yaml}, as far as the catalog takes it.
 *
 * @param component what is said of the Component; empty where the file is not about it
 * @param further further entities that belong to the Ray Service: APIs and Resources
 */
record WrittenEntities(Optional<ObjectNode> component, List<ObjectNode> further) {
  /** Characters of the file, and of all definitions of APIs together. */
  private static final int LONGEST = 64 * 1024;

  /** Characters of one entity without its definition, as JSON. */
  private static final int LONGEST_ENTITY = 16 * 1024;

  private static final int MOST_DOCUMENTS = 10;

  private static final Set<String> RELATIONS =
      Set.of("dependsOn", "dependencyOf", "providesApis", "consumesApis");

  /** Backstage takes no Component without these. */
  private static final Set<String> REQUIRED = Set.of("type", "lifecycle", "owner");

  private static final Set<String> WORDS =
      Set.of("type", "lifecycle", "owner", "system", "subcomponentOf");

  /**
   * The kinds of further entities, and the words of their spec; the first of them cannot be absent.
   */
  private static final Map<String, Set<String>> KINDS =
      Map.of(
          "API", Set.of("type", "lifecycle", "owner", "system"),
          "Resource", Set.of("type", "owner", "system"));

  private static final Pattern FURTHER_NAME = Pattern.compile("[A-Za-z0-9]+([-._][A-Za-z0-9]+)*+");

  private static final String DEFINITION = "definition";
  private static final String TEXT_OF_FILE = "$text";

  /**
   * Reads the file.
   *
   * @param rendered the Component as the service renders it
   * @param hasApi whether the service itself makes an API of the Ray Service's name
   * @param leftOut takes what is not shown
   */
  static WrittenEntities read(
      StoredRayService stored, ObjectNode rendered, boolean hasApi, LeftOut leftOut) {
    RayServiceId id = stored.id();
    String text = stored.files().getOrDefault(RenderedFiles.ENTITY, "");
    if (text.length() > LONGEST) {
      leftOut.add(RenderedFiles.ENTITY, "has more than %d characters".formatted(LONGEST));
      return new WrittenEntities(Optional.empty(), List.of());
    }
    List<JsonNode> documents = new ArrayList<>();
    try {
      documents.addAll(StrictYaml.readAll(text));
    } catch (JsonProcessingException e) {
      leftOut.add(RenderedFiles.ENTITY, "cannot be read: " + e.getOriginalMessage());
      return new WrittenEntities(Optional.empty(), List.of());
    }
    OptionalInt own =
        IntStream.range(0, documents.size())
            .filter(i -> isComponentOf(id, documents.get(i)))
            .findFirst();
    List<ObjectNode> further = new ArrayList<>();
    Set<String> references = new HashSet<>();
    Definitions definitions = new Definitions(stored, leftOut);
    for (int i = 0; i < documents.size(); i++) {
      JsonNode document = documents.get(i);
      if (own.isPresent() && own.getAsInt() == i) {
        continue;
      }
      String at = "document %d: ".formatted(i + 1);
      if (further.size() == MOST_DOCUMENTS) {
        leftOut.add(at + "it", "comes behind %d others".formatted(MOST_DOCUMENTS));
        break;
      }
      further(id, document, at, rendered, hasApi, definitions, leftOut)
          .filter(entity -> isFirst(entity, references, at, leftOut))
          .ifPresent(further::add);
    }
    return new WrittenEntities(
        own.isPresent()
            ? component(documents.get(own.getAsInt()), rendered, leftOut)
            : Optional.empty(),
        further);
  }

  private static boolean isFirst(
      ObjectNode entity, Set<String> references, String at, LeftOut leftOut) {
    boolean isNew =
        references.add(entity.path("kind").asText() + ":" + entity.at("/metadata/name").asText());
    if (!isNew) {
      leftOut.add(at + "metadata.name", "is that of a document before");
    }
    return isNew;
  }

  /** A file here may not speak for another entity. */
  private static boolean isComponentOf(RayServiceId id, JsonNode document) {
    return document.path("kind").asText().equals("Component")
        && document.at("/metadata/namespace").asText().equals(id.namespace())
        && document.at("/metadata/name").asText().equals(id.name())
        && document.path("spec").isObject();
  }

  private static Optional<ObjectNode> component(
      JsonNode document, ObjectNode rendered, LeftOut leftOut) {
    ObjectNode entity = JsonNodeFactory.instance.objectNode();
    entity.set("apiVersion", rendered.path("apiVersion"));
    entity.set("kind", rendered.path("kind"));
    ObjectNode metadata = entity.putObject("metadata");
    metadata.set("name", rendered.at("/metadata/name"));
    metadata.set("namespace", rendered.at("/metadata/namespace"));
    EntityFields fields = new EntityFields("", leftOut);
    nameOthers(document, "", leftOut);
    fields.copyMetadata(document.path("metadata"), rendered.at("/metadata/annotations"), metadata);
    ObjectNode spec = entity.putObject("spec");
    fields.copySpec(document.path("spec"), WORDS, RELATIONS, Set.of(), spec);
    for (String field : REQUIRED) {
      if (!spec.has(field)) {
        spec.set(field, rendered.path("spec").path(field));
      }
    }
    return bounded(entity, "", leftOut);
  }

  private static void nameOthers(JsonNode document, String at, LeftOut leftOut) {
    document
        .properties()
        .forEach(field -> {
          if (!Set.of("apiVersion", "kind", "metadata", "spec").contains(field.getKey())) {
            leftOut.add(at + field.getKey(), "is no field that people may write");
          }
        });
  }

  private static Optional<ObjectNode> bounded(ObjectNode entity, String at, LeftOut leftOut) {
    if (entity.toString().length() <= LONGEST_ENTITY) {
      return Optional.of(entity);
    }
    leftOut.add(at + "it", "has more than %d characters".formatted(LONGEST_ENTITY));
    return Optional.empty();
  }

  private static Optional<ObjectNode> further(
      RayServiceId id,
      JsonNode document,
      String at,
      ObjectNode rendered,
      boolean hasApi,
      Definitions definitions,
      LeftOut leftOut) {
    String kind = document.path("kind").asText();
    Set<String> words = KINDS.getOrDefault(kind, Set.of());
    if (words.isEmpty()) {
      leftOut.add(at + "kind", "is neither the Component of this Ray Service, nor API or Resource");
      return Optional.empty();
    }
    String name = document.at("/metadata/name").asText();
    if (!document.at("/metadata/namespace").asText().equals(id.namespace())
        || !isNameOf(id, name, kind.equals("API") && !hasApi)) {
      leftOut.add(
          at + "metadata",
          "must have the namespace %s and a name that begins with %s."
              .formatted(id.namespace(), id.name()));
      return Optional.empty();
    }
    ObjectNode entity = JsonNodeFactory.instance.objectNode();
    entity.set("apiVersion", rendered.path("apiVersion"));
    entity.put("kind", kind);
    entity.putObject("metadata").put("name", name).put("namespace", id.namespace());
    EntityFields fields = new EntityFields(at, leftOut);
    nameOthers(document, at, leftOut);
    fields.copyMetadata(
        document.path("metadata"),
        JsonNodeFactory.instance.objectNode(),
        entity.withObject("/metadata"));
    ObjectNode spec = entity.putObject("spec");
    fields.copySpec(
        document.path("spec"),
        words,
        kind.equals("API") ? Set.of() : Set.of("dependsOn", "dependencyOf"),
        kind.equals("API") ? Set.of(DEFINITION) : Set.of(),
        spec);
    for (String field : REQUIRED) {
      if (words.contains(field) && !field.equals("type") && !spec.has(field)) {
        spec.set(field, rendered.path("spec").path(field));
      }
    }
    if (!spec.has("type")) {
      leftOut.add(at + "spec.type", "is missing");
      return Optional.empty();
    }
    return bounded(entity, at, leftOut)
        .filter(fitting ->
            !kind.equals("API")
                || definitions.copy(document.path("spec").path(DEFINITION), at, spec));
  }

  /** A Ray Service's name has no dot, so no two of them have such a name in common. */
  private static boolean isNameOf(RayServiceId id, String name, boolean mayBeItsOwn) {
    return (mayBeItsOwn && name.equals(id.name()))
        || (name.startsWith(id.name() + ".")
            // The Secrets of the team are there.
            && !name.startsWith(SecretEntity.NAME_PREFIX)
            && name.length() <= SecretEntity.LONGEST_NAME
            && FURTHER_NAME.matcher(name).matches());
  }

  /** The definitions of the APIs of one Ray Service, which share one bound. */
  private static final class Definitions {
    private final StoredRayService stored;
    private final LeftOut leftOut;
    private int left = LONGEST;

    Definitions(StoredRayService stored, LeftOut leftOut) {
      this.stored = stored;
      this.leftOut = leftOut;
    }

    /** Puts it into the spec; false where there is none that can be shown. */
    boolean copy(JsonNode written, String at, ObjectNode spec) {
      String path = at + "spec." + DEFINITION;
      Optional<String> text = text(written, path);
      if (text.isEmpty()) {
        return false;
      }
      if (text.get().length() > left) {
        leftOut.add(
            path, "and the definitions before have more than %d characters".formatted(LONGEST));
        return false;
      }
      left -= text.get().length();
      spec.put(DEFINITION, text.get());
      return true;
    }

    /** A file beside {@code catalog-info.yaml} is read here; Backstage is given no reference. */
    private Optional<String> text(JsonNode written, String path) {
      if (written.isTextual()) {
        return Optional.of(written.textValue());
      }
      String reference = written.path(TEXT_OF_FILE).asText();
      if (written.size() != 1 || reference.isEmpty()) {
        leftOut.add(path, "is neither a text nor { $text: ./file }");
        return Optional.empty();
      }
      String name = reference.startsWith("./") ? reference.substring(2) : reference;
      Optional<String> file = Optional.ofNullable(stored.files().get(name));
      if (file.isEmpty()) {
        leftOut.add(
            path, "names %s, which is no file beside %s".formatted(name, RenderedFiles.ENTITY));
      }
      return file;
    }
  }
}
