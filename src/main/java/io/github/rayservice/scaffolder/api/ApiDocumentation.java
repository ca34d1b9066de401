package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.api.http.RequestHeaders;
import io.github.rayservice.scaffolder.api.http.RequestIdFilter;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Completes the API's description with what all of a kind share: of operations the problems they
 * answer with and the headers they read, of answers that only what may be empty is left out.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiDocumentation implements OASFilter {
  private static final String PROBLEM = "Problem";
  private static final String UNPROVEN = "401";
  private static final List<String> ANSWERS =
      List.of(
          "Dependencies",
          "Dependency",
          "DryRun",
          "Links",
          "MergeRequest",
          "Outcome",
          "Proposal",
          "RayServiceCondition",
          "RayServiceFinding",
          "RayServiceIdentity",
          "RayServiceList",
          "RayServiceListItem",
          "RayServiceListItemSpec",
          "RayServicePhase",
          "RayServiceTransition",
          "StoredRayService",
          "StoredRayServiceStatus");

  @Override
  public void filterOpenAPI(OpenAPI openApi) {
    openApi.getComponents().addSchema(PROBLEM, problemSchema());
    Map<String, Schema> schemas = openApi.getComponents().getSchemas();
    ANSWERS.forEach(
        name -> requireWhatIsNeverEmpty(Objects.requireNonNull(schemas.get(name), name)));
    openApi.getPaths().getPathItems().values().forEach(ApiDocumentation::document);
  }

  /** An empty Optional is left out of an answer; it is never null. */
  private static void requireWhatIsNeverEmpty(Schema answer) {
    answer
        .getProperties()
        .forEach((name, property) -> {
          List<SchemaType> types = property.getType();
          if (types != null && types.contains(SchemaType.NULL)) {
            property.setType(types.stream().filter(t -> t != SchemaType.NULL).toList());
          } else {
            answer.addRequired(name);
          }
        });
  }

  private static void document(PathItem path) {
    path.getOperations()
        .forEach((method, operation) -> {
          boolean writes = method != PathItem.HttpMethod.GET;
          boolean one = method != PathItem.HttpMethod.POST && hasName(operation);
          problems(writes, one).forEach((status, text) -> add(operation, status, text));
          if (!operation.getResponses().hasAPIResponse(UNPROVEN)) {
            add(operation, UNPROVEN, "Nothing proves who calls");
          }
          if (writes) {
            header(
                operation,
                RequestHeaders.IDEMPOTENCY_KEY,
                "Names this one request: sent again with the same body it changes nothing and gets the same answer");
            header(
                operation,
                RequestIdFilter.HEADER,
                "Name of the request in logs and in the commit; made up when absent");
          }
          if (writes && one) {
            header(
                operation,
                "If-Match",
                "The ETag of the last read: nothing happens to a newer version");
          }
        });
  }

  private static boolean hasName(Operation operation) {
    List<Parameter> parameters = operation.getParameters();
    return parameters != null && parameters.stream().anyMatch(p -> "name".equals(p.getName()));
  }

  private static Map<String, String> problems(boolean writes, boolean one) {
    Map<String, String> problems = new LinkedHashMap<>();
    problems.put("400", "The request cannot be read");
    if (one) {
      problems.put("404", "There is no such Ray Service");
    }
    if (writes) {
      problems.put(
          "409",
          "Another Ray Service holds the identity, the URL path or the target namespace (heldBy), or the file in Git was edited so that it cannot be updated");
      if (one) {
        problems.put("412", "It has changed since the version of If-Match");
      }
      problems.put("413", "The body is larger than 256 KiB");
      problems.put("415", "The body is neither JSON nor YAML");
      problems.put(
          "422",
          "The form breaks rules (violations), or the Idempotency-Key was used for another request");
    }
    if (writes) {
      problems.put(
          "403", "The caller may not write there, or the Git server or GitLab refuses the change");
    }
    problems.put(
        "503",
        "The GitOps repository or GitLab is unavailable; try again after Retry-After seconds");
    return problems;
  }

  private static void add(Operation operation, String status, String text) {
    APIResponse response =
        OASFactory.createAPIResponse()
            .description(text)
            .content(
                OASFactory.createContent()
                    .addMediaType(
                        "application/problem+json",
                        OASFactory.createMediaType()
                            .schema(
                                OASFactory.createSchema().ref("#/components/schemas/" + PROBLEM))));
    if (status.equals("422")) {
      response
          .getContent()
          .getMediaType("application/problem+json")
          .example(ApiExamples.violations());
    }
    operation.getResponses().addAPIResponse(status, response);
  }

  private static void header(Operation operation, String name, String text) {
    operation.addParameter(
        OASFactory.createParameter()
            .name(name)
            .in(Parameter.In.HEADER)
            .description(text)
            .schema(string("")));
  }

  private static Schema problemSchema() {
    Schema violation = OASFactory.createSchema().ref("#/components/schemas/Violation");
    return OASFactory.createSchema()
        .addType(SchemaType.OBJECT)
        .description("RFC 9457 problem document")
        .addProperty("type", string("URN of the kind of problem"))
        .addProperty("title", string("The kind of problem in words"))
        .addProperty("status", OASFactory.createSchema().addType(SchemaType.INTEGER))
        .addProperty("detail", string("This problem in words"))
        .addProperty("instance", string("Path of the request"))
        .addProperty(
            "violations",
            OASFactory.createSchema()
                .addType(SchemaType.ARRAY)
                .items(violation)
                .description("Of 422: every rule that is broken"))
        .addProperty(
            "heldBy",
            OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description("Of 409: who holds what is asked for")
                .addProperty("namespace", string(""))
                .addProperty("name", string(""))
                .addProperty("branch", string(""))
                .addProperty("createdBy", string(""))
                .addProperty("fields", string("The fields that collide"))
                .addProperty("value", string("Their value")));
  }

  private static Schema string(String description) {
    Schema schema = OASFactory.createSchema().addType(SchemaType.STRING);
    return description.isEmpty() ? schema : schema.description(description);
  }
}
