package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.api.http.MediaTypes;
import io.github.rayservice.scaffolder.api.http.QueryParameters;
import io.github.rayservice.scaffolder.api.http.RequestHeaders;
import io.github.rayservice.scaffolder.api.http.RequestIdFilter;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jspecify.annotations.Nullable;

/**
 * Completes the API's description with what all of a kind share: the problems that operations
 * answer with, the parameters and headers that they read, who may call them, and how one leads to
 * another.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiDocumentation implements OASFilter {
  private static final String WEBHOOKS = "/webhooks/";
  private static final String GITLAB = "/webhooks/gitlab";
  private static final String OK = "200";
  private static final String PROBLEM_JSON = "application/problem+json";

  private static final String TOKEN = "token";
  private static final String GITLAB_TOKEN = "gitlabToken";
  private static final String GITLAB_SIGNATURE = "gitlabSignature";

  @Override
  public void filterOpenAPI(OpenAPI openApi) {
    Components components = openApi.getComponents();
    ApiSchemas.complete(components);
    // Sorted, because the document is in Git and Map.of has another order in each process.
    components.setParameters(new TreeMap<>(parameters()));
    components.setSecuritySchemes(new TreeMap<>(securitySchemes()));
    Map<String, Operation> operations = new HashMap<>();
    openApi
        .getPaths()
        .getPathItems()
        .forEach((path, item) ->
            item.getOperations()
                .forEach((method, operation) -> {
                  document(path, method, operation);
                  operations.put(operation.getOperationId(), operation);
                }));
    ApiLinks.add(operations);
  }

  private static void document(String path, PathItem.HttpMethod method, Operation operation) {
    boolean webhook = path.startsWith(WEBHOOKS);
    boolean writes = !webhook && method != PathItem.HttpMethod.GET;
    boolean one = hasName(operation);
    problems(path, operation, writes, one)
        .forEach((status, text) -> operation.getResponses().addAPIResponse(status, problem(text)));
    if (path.equals(GITLAB)) {
      operation.addSecurityRequirement(requirement(GITLAB_TOKEN));
      operation.addSecurityRequirement(requirement(GITLAB_SIGNATURE));
    } else {
      operation.addSecurityRequirement(requirement(TOKEN));
    }
    if (one) {
      operation.getParameters().forEach(ApiDocumentation::describePathParameter);
    }
    Content ok = successful(operation);
    if (ok != null && ok.hasMediaType(MediaType.SERVER_SENT_EVENTS)) {
      ok.getMediaType(MediaType.SERVER_SENT_EVENTS)
          .schema(ApiSchemas.reference(ApiSchemas.STREAM_EVENT));
      operation
          .getResponses()
          .getAPIResponse(OK)
          .setDescription("Events, until the caller closes the connection");
    }
    header(
        operation,
        RequestIdFilter.HEADER,
        "Name of the request in logs and in the commit; made up when absent or not plain",
        ApiSchemas.text(""));
    if (writes) {
      operation
          .getResponses()
          .getAPIResponse("422")
          .getContent()
          .getMediaType(PROBLEM_JSON)
          .example(ApiExamples.violations());
      header(
          operation,
          RequestHeaders.IDEMPOTENCY_KEY,
          "Names this one request: sent again with the same body it changes nothing and gets the same answer",
          ApiSchemas.text("").pattern(RequestHeaders.KEY_PATTERN));
    }
    if (writes && one) {
      header(
          operation,
          "If-Match",
          "The ETag of the last read: nothing happens to a newer version",
          ApiSchemas.text("")
              .pattern(RequestHeaders.IF_MATCH_PATTERN)
              .examples(List.of("\"c88cf8754cd67323e2a04a16b1432d976632c7c0\"")));
      answersOfWrites(operation);
    }
  }

  private static @Nullable Content successful(Operation operation) {
    APIResponse response = operation.getResponses().getAPIResponse(OK);
    return response == null ? null : response.getContent();
  }

  private static boolean hasName(Operation operation) {
    List<Parameter> parameters = operation.getParameters();
    return parameters != null && parameters.stream().anyMatch(p -> "name".equals(p.getName()));
  }

  private static Map<String, String> problems(
      String path, Operation operation, boolean writes, boolean one) {
    boolean webhook = path.startsWith(WEBHOOKS);
    Map<String, String> problems = new LinkedHashMap<>();
    problems.put("400", "The request cannot be read");
    problems.put("401", "Nothing proves who calls");
    if (webhook && !path.equals(GITLAB)) {
      problems.put("403", "The caller may not send notifications");
    }
    if (writes) {
      problems.put(
          "403", "The caller may not write there, or the Git server or GitLab refuses the change");
    }
    if (one) {
      problems.put("404", "There is no such Ray Service");
    }
    if (path.equals(GITLAB)) {
      problems.put("404", "No secret of a webhook is configured");
    }
    if (!webhook) {
      problems.put("406", "Accept names no format of the answer");
    }
    if (writes) {
      problems.put(
          "409",
          "Another Ray Service holds the identity, the host, the URL path or the target namespace (heldBy), the file in Git was edited so that it cannot be updated, others have changed more on its branch than its files, or GitLab has another merge request of its branch");
      if (one) {
        problems.put("412", "It has changed since the version of If-Match");
      }
      problems.put(
          "422",
          "The form breaks rules (violations), or the Idempotency-Key was used for another request");
    }
    if (path.equals(GITLAB)) {
      problems.put("408", "The body has not arrived after 20 seconds");
    }
    if (operation.getRequestBody() != null) {
      problems.put(
          "413",
          path.equals(GITLAB)
              ? "The body is larger than 25 MB"
              : "The body is larger than 256 KiB");
      problems.put("415", "The body has another format");
    }
    problems.put(
        "429",
        path.equals(GITLAB)
            ? "Many other bodies are being read; try again after Retry-After seconds"
            : "The caller sends more requests, or follows more streams, than one caller may; try again after Retry-After seconds");
    if (!webhook) {
      problems.put(
          "503",
          "The GitOps repository or GitLab is unavailable; try again after Retry-After seconds");
    }
    return problems;
  }

  private static APIResponse problem(String text) {
    return OASFactory.createAPIResponse()
        .description(text)
        .content(content(PROBLEM_JSON, ApiSchemas.reference(ApiSchemas.PROBLEM)));
  }

  /** Of PUT and DELETE. */
  private static void answersOfWrites(Operation operation) {
    Schema outcome = ApiSchemas.reference(ApiSchemas.OUTCOME);
    Schema either =
        OASFactory.createSchema().anyOf(List.of(outcome, ApiSchemas.reference(ApiSchemas.DRY_RUN)));
    operation
        .getResponses()
        .addAPIResponse(
            OK,
            OASFactory.createAPIResponse()
                .description("It is done in Git, or, with dryRun=All, would be")
                .addHeader(
                    "ETag", text("Its version for the next If-Match; absent when it is gone"))
                .content(content(MediaTypes.JSON, either)))
        .addAPIResponse(
            "202",
            OASFactory.createAPIResponse()
                .description("It is proposed: the merge request waits for people")
                .content(content(MediaTypes.JSON, outcome)));
  }

  private static Header text(String description) {
    return OASFactory.createHeader().description(description).schema(ApiSchemas.text(""));
  }

  private static Content content(String mediaType, Schema schema) {
    return OASFactory.createContent()
        .addMediaType(mediaType, OASFactory.createMediaType().schema(schema));
  }

  private static void header(Operation operation, String name, String text, Schema schema) {
    operation.addParameter(
        OASFactory.createParameter()
            .name(name)
            .in(Parameter.In.HEADER)
            .description(text)
            .schema(schema));
  }

  /** The same rules as in the form; what breaks them is not found. */
  private static void describePathParameter(Parameter parameter) {
    if (parameter.getIn() == Parameter.In.PATH) {
      boolean name = parameter.getName().equals("name");
      parameter.setSchema(
          ApiSchemas.text("")
              .pattern(name ? RayServiceId.DNS_1035_LABEL : RayServiceId.DNS_1123_LABEL)
              .maxLength(63));
    }
  }

  private static Map<String, Parameter> parameters() {
    return Map.of(
        QueryParameters.DRY_RUN,
        query(
            QueryParameters.DRY_RUN,
            "All: answer with the rendered files and a diff, and write nothing",
            ApiSchemas.text("").enumeration(List.of(QueryParameters.ALL))),
        QueryParameters.LIMIT,
        query(
            QueryParameters.LIMIT,
            "At most so many",
            OASFactory.createSchema()
                .addType(Schema.SchemaType.INTEGER)
                .minimum(BigDecimal.ONE)
                .maximum(BigDecimal.valueOf(QueryParameters.MOST_ITEMS))
                .defaultValue(QueryParameters.DEFAULT_ITEMS)),
        QueryParameters.CONTINUE,
        query(
            QueryParameters.CONTINUE,
            "Where the last part ended: its field continue",
            ApiSchemas.text("")
                .pattern(QueryParameters.CONTINUE_PATTERN)
                .maxLength(RayServiceId.MAX_LENGTH + 1)));
  }

  private static Parameter query(String name, String description, Schema schema) {
    return OASFactory.createParameter()
        .name(name)
        .in(Parameter.In.QUERY)
        .description(description)
        .schema(schema);
  }

  private static Map<String, SecurityScheme> securitySchemes() {
    Map<String, SecurityScheme> schemes = new LinkedHashMap<>();
    schemes.put(
        TOKEN,
        OASFactory.createSecurityScheme()
            .type(SecurityScheme.Type.HTTP)
            .scheme("bearer")
            .description("A token of the settings, of Backstage or of the OpenID issuer"));
    schemes.put(GITLAB_TOKEN, apiKey("X-Gitlab-Token", "The secret token of the webhook"));
    schemes.put(
        GITLAB_SIGNATURE,
        apiKey("webhook-signature", "The signature of the delivery (Standard Webhooks)"));
    return schemes;
  }

  private static SecurityScheme apiKey(String header, String description) {
    return OASFactory.createSecurityScheme()
        .type(SecurityScheme.Type.APIKEY)
        .in(SecurityScheme.In.HEADER)
        .name(header)
        .description(description);
  }

  private static SecurityRequirement requirement(String scheme) {
    return OASFactory.createSecurityRequirement().addScheme(scheme);
  }
}
