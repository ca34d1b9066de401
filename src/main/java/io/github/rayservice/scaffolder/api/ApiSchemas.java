package io.github.rayservice.scaffolder.api;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.jspecify.annotations.Nullable;

/**
 * Completes the schemas with what annotations cannot say: of answers, that only what may be empty
 * is left out; of the form, that unknown fields are refused and null is the same as absent.
 */
final class ApiSchemas {
  static final String PROBLEM = "Problem";
  static final String OUTCOME = "Outcome";
  static final String DRY_RUN = "DryRun";
  static final String STREAM_EVENT = "StatusStreamEvent";
  private static final String DOCUMENT = "RayService";
  private static final String STATUS_EVENT = "RayServiceEvent";
  private static final String IDENTITY = "RayServiceIdentity";

  private static final String FIELD_CHANGE = "FieldChange";

  private static final List<String> ANSWERS =
      List.of(
          "ClusterResources",
          "Dashboard",
          "Dependencies",
          "Dependency",
          DRY_RUN,
          "EntityList",
          "Links",
          "MergeRequest",
          "MergeRequestLink",
          OUTCOME,
          "Pipeline",
          "Proposal",
          "RayServiceCondition",
          STATUS_EVENT,
          "RayServiceFinding",
          IDENTITY,
          "RayServiceList",
          "RayServiceListItem",
          "RayServiceListItemSpec",
          "RayServicePhase",
          "RayServiceReview",
          "RayServiceTransition",
          "StoredRayService",
          "StoredRayServiceMetadata",
          "StoredRayServiceStatus",
          "Version",
          "VersionList");

  private ApiSchemas() {}

  static void complete(Components components) {
    Map<String, Schema> schemas = components.getSchemas();
    ANSWERS.forEach(name -> requireWhatIsNeverEmpty(requireNonNull(schemas.get(name), name)));
    takeAnyValue(requireNonNull(schemas.get(FIELD_CHANGE)));
    components.removeSchema("JsonNode");
    closeForm(requireNonNull(schemas.get("Rollback")));
    FormSchemas.complete(schemas)
        .forEach(name -> closeForm(requireNonNull(schemas.get(name), name)));
    // Added last, because it is ignored whatever it is.
    requireNonNull(schemas.get(DOCUMENT))
        .addProperty(
            "status",
            OASFactory.createSchema().description("Ignored: clients may send back what they read"));
    components.addSchema(PROBLEM, problem());
    components.addSchema(STREAM_EVENT, streamEvent());
  }

  /** The value of a field may be of any type. */
  private static void takeAnyValue(Schema change) {
    for (String value : List.of("before", "after")) {
      String description = requireNonNull(change.getProperties().get(value)).getDescription();
      change.addProperty(value, OASFactory.createSchema().description(description));
    }
    change.setRequired(List.of("field", "effect"));
  }

  /** OpenAPI 3.1 has no word for the items of a stream; generators of clients read it like this. */
  private static Schema streamEvent() {
    Schema nothing = OASFactory.createSchema().addType(SchemaType.OBJECT).maxProperties(0);
    Schema gone =
        OASFactory.createSchema()
            .addType(SchemaType.OBJECT)
            .addProperty("rayService", reference(IDENTITY))
            .required(List.of("rayService"));
    return OASFactory.createSchema()
        .description(
            "One event of the stream: its fields, of which data is written as JSON. id is a position for Last-Event-ID")
        .oneOf(
            List.of(
                event("reset", nothing, false),
                event("status", reference(STATUS_EVENT), false),
                event("complete", nothing, true),
                event("gone", gone, true)));
  }

  private static Schema event(String name, Schema data, boolean positioned) {
    return OASFactory.createSchema()
        .addType(SchemaType.OBJECT)
        .addProperty("event", OASFactory.createSchema().constValue(name))
        .addProperty("id", text("Position"))
        .addProperty("data", data)
        .required(positioned ? List.of("event", "id", "data") : List.of("event", "data"));
  }

  /** An empty Optional is left out of an answer; it is never null. */
  private static void requireWhatIsNeverEmpty(Schema answer) {
    answer
        .getProperties()
        .forEach((name, property) -> {
          if (!isOptional(property)) {
            answer.addRequired(name);
          }
          property.setType(others(property.getType(), SchemaType.NULL::equals));
          property.setAnyOf(others(property.getAnyOf(), ApiSchemas::isNull));
        });
  }

  private static boolean isOptional(Schema property) {
    List<SchemaType> types = property.getType();
    List<Schema> alternatives = property.getAnyOf();
    return (types != null && types.contains(SchemaType.NULL))
        || (alternatives != null && alternatives.stream().anyMatch(ApiSchemas::isNull));
  }

  private static <T> @Nullable List<T> others(@Nullable List<T> all, Predicate<T> one) {
    return all == null ? null : all.stream().filter(one.negate()).toList();
  }

  private static boolean isNull(Schema schema) {
    return List.of(SchemaType.NULL).equals(schema.getType());
  }

  private static void closeForm(Schema form) {
    form.setAdditionalPropertiesSchema(OASFactory.createSchema().booleanSchema(false));
    form.getProperties()
        .forEach((name, property) -> {
          if (form.getRequired() == null || !form.getRequired().contains(name)) {
            allowNull(property);
          }
        });
  }

  private static void allowNull(Schema property) {
    if (property.getRef() == null) {
      property.addType(SchemaType.NULL);
    } else {
      Schema value = OASFactory.createSchema().ref(property.getRef());
      property.setRef(null);
      property.setType(null);
      property.setAnyOf(List.of(value, OASFactory.createSchema().addType(SchemaType.NULL)));
    }
  }

  private static Schema problem() {
    return OASFactory.createSchema()
        .addType(SchemaType.OBJECT)
        .description("RFC 9457 problem document")
        .addProperty("type", text("URN of the kind of problem"))
        .addProperty("title", text("The kind of problem in words"))
        .addProperty("status", OASFactory.createSchema().addType(SchemaType.INTEGER))
        .addProperty("detail", text("This problem in words"))
        .addProperty("instance", text("Path of the request"))
        .addProperty(
            "violations",
            OASFactory.createSchema()
                .addType(SchemaType.ARRAY)
                .items(reference("Violation"))
                .description("Every rule that the request breaks, where it breaks any"))
        .addProperty(
            "heldBy",
            OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description("Of 409: who holds what is asked for")
                .addProperty("namespace", text(""))
                .addProperty("name", text(""))
                .addProperty("branch", text(""))
                .addProperty("createdBy", text(""))
                .addProperty("fields", text("The fields that collide"))
                .addProperty("value", text("Their value")))
        .required(List.of("type", "title", "status", "detail", "instance"));
  }

  static Schema reference(String name) {
    return OASFactory.createSchema().ref("#/components/schemas/" + name);
  }

  static Schema text(String description) {
    Schema schema = OASFactory.createSchema().addType(SchemaType.STRING);
    return description.isEmpty() ? schema : schema.description(description);
  }
}
