package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.value.TextRules;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Rules for the {@code metadata} of a kro instance: what people may set, and what a document that
 * comes from a cluster has besides.
 */
final class InstanceMetadata {
  /** Kubernetes: the total size of all annotations, in bytes. */
  private static final int MAX_ANNOTATIONS = 256 * 1024;

  private static final int MAX_KEYS = 20;
  private static final String KUBERNETES = "Kubernetes: labels and annotations";
  private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?";
  private static final Pattern KEY =
      Pattern.compile("([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?" + NAME);
  private static final Pattern LABEL_VALUE = Pattern.compile("(" + NAME + ")?");

  /** What the API server sets. */
  private static final Set<String> SERVER_FIELDS =
      Set.of(
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "finalizers",
          "generation",
          "managedFields",
          "ownerReferences",
          "resourceVersion",
          "selfLink",
          "uid");

  /** Labels and annotations that kro, kubectl and Argo CD set. */
  private static final Pattern TOOL_KEY =
      Pattern.compile(
          "(internal[.])?kro[.]run/.*|applyset[.]kubernetes[.]io/.*|kubectl[.]kubernetes[.]io/.*"
              + "|argocd[.]argoproj[.]io/(tracking-id|installation-id)");

  private InstanceMetadata() {}

  /**
   * A document without what a cluster adds.
   *
   * @param passedOver paths of what was left out, in the order of the document
   */
  record Cleaned(JsonNode document, List<String> passedOver) {
    /** What was left out, for the caller to know; empty when nothing was. */
    Optional<Violation> warning() {
      if (passedOver.isEmpty()) {
        return Optional.empty();
      }
      String first = String.join(", ", passedOver.stream().limit(MAX_KEYS).toList());
      String more =
          passedOver.size() > MAX_KEYS ? " and " + (passedOver.size() - MAX_KEYS) + " more" : "";
      return Optional.of(
          Violation.withoutValue(
              "metadata",
              "was read without what the cluster sets: " + first + more,
              "Kubernetes: set by the API server, kro, Argo CD or kubectl"));
    }
  }

  /**
   * Leaves out {@code status} and what the API server, kro, Argo CD and kubectl set in {@code
   * metadata}, so that the output of {@code kubectl get -o yaml} can be sent.
   */
  static Cleaned clean(JsonNode document) {
    List<String> passedOver = new ArrayList<>();
    if (!(document instanceof ObjectNode)) {
      return new Cleaned(document, passedOver);
    }
    ObjectNode clean = document.deepCopy();
    if (clean.path("metadata") instanceof ObjectNode metadata) {
      remove(metadata, "metadata.", SERVER_FIELDS::contains, passedOver);
      for (String map : List.of("labels", "annotations")) {
        if (metadata.path(map) instanceof ObjectNode keys) {
          remove(keys, "metadata." + map + " ", InstanceMetadata::isOfTool, passedOver);
        }
      }
    }
    remove(clean, "", "status"::equals, passedOver);
    return new Cleaned(clean, passedOver);
  }

  private static void remove(
      ObjectNode object, String path, Predicate<String> isLeftOut, List<String> passedOver) {
    List<String> names = object.propertyStream().map(Map.Entry::getKey).filter(isLeftOut).toList();
    object.remove(names);
    names.forEach(name -> passedOver.add(path + name));
  }

  private static boolean isOfTool(String key) {
    return TOOL_KEY.matcher(key).matches() && isKey(key);
  }

  /** The rules that the labels and annotations break, in the order of the document. */
  static List<Violation> check(RayServiceDocument.Metadata metadata) {
    List<Violation> violations = new ArrayList<>();
    metadata
        .labels()
        .forEach((key, value) -> {
          checkKey("metadata.labels", key, violations);
          if (value.length() > 63 || !LABEL_VALUE.matcher(value).matches()) {
            violations.add(
                Violation.of(
                    field("metadata.labels", key),
                    value,
                    "must be empty or at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends",
                    KUBERNETES));
          }
        });
    String entity = metadata.labels().get(RayServiceDocument.CATALOG_LABEL);
    if (entity != null && !entity.equals(metadata.name())) {
      violations.add(
          Violation.of(
              field("metadata.labels", RayServiceDocument.CATALOG_LABEL),
              entity,
              "must be metadata.name, or absent",
              "Backstage: the catalog entity finds its objects by this label"));
    }
    long size = 0;
    for (Map.Entry<String, String> annotation : metadata.annotations().entrySet()) {
      checkKey("metadata.annotations", annotation.getKey(), violations);
      size += annotation.getKey().length() + annotation.getValue().length();
    }
    if (size > MAX_ANNOTATIONS) {
      violations.add(
          Violation.withoutValue(
              "metadata.annotations",
              "must have at most %d bytes (has %d)".formatted(MAX_ANNOTATIONS, size),
              KUBERNETES));
    }
    return violations.stream().limit(MAX_KEYS).toList();
  }

  private static void checkKey(String map, String key, List<Violation> violations) {
    if (!isKey(key)) {
      violations.add(
          Violation.ofRequest(
              map,
              key,
              "must have keys of at most 63 letters, digits, '-', '_' and '.', which may follow the name of a domain and '/'",
              KUBERNETES));
    }
  }

  private static boolean isKey(String key) {
    return key.length() <= 253 + 1 + 63
        && KEY.matcher(key).matches()
        && !TextRules.looksLikeSecret(key);
  }

  private static String field(String map, String key) {
    return isKey(key) ? map + "." + key : map;
  }
}
