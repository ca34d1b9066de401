package io.github.rayservice.scaffolder.api;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.links.Link;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** OpenAPI links: how one request goes on from the answer to another. */
final class ApiLinks {
  private static final String OK = "200";
  private static final String IDENTITY = "$response.body#/rayService/";
  private static final String METADATA = "$response.body#/metadata/";
  private static final String FIRST = "$response.body#/items/0/metadata/";

  private ApiLinks() {}

  static void add(Map<String, Operation> operations) {
    for (String status : new String[] {"201", OK}) {
      APIResponse created = answer(operations, "create", status);
      created.addLink("read", to("read", IDENTITY));
      created.addLink("delete", to("delete", IDENTITY).addParameter("dryRun", "All"));
      created.addLink("entities", to("entitiesOf", IDENTITY));
    }
    answer(operations, "update", OK).addLink("read", to("read", IDENTITY));
    answer(operations, "delete", OK).addLink("read", to("read", IDENTITY));
    APIResponse read = answer(operations, "read", OK);
    read.addLink("update", guarded("update").requestBody("$response.body"));
    read.addLink("delete", guarded("delete"));
    APIResponse list = answer(operations, "list", OK);
    list.addLink("read", to("read", FIRST));
    list.addLink("continue", next("list"));
    answer(operations, "listEntities", OK).addLink("continue", next("listEntities"));
  }

  private static APIResponse answer(
      Map<String, Operation> operations, String operation, String status) {
    return requireNonNull(
        requireNonNull(operations.get(operation), operation).getResponses().getAPIResponse(status),
        () -> operation + " " + status);
  }

  private static Link to(String operation, String identity) {
    return OASFactory.createLink()
        .operationId(operation)
        .addParameter("namespace", identity + "namespace")
        .addParameter("name", identity + "name");
  }

  /** A write of the version that was read. */
  private static Link guarded(String operation) {
    return to(operation, METADATA).addParameter("If-Match", "$response.header.ETag");
  }

  private static Link next(String operation) {
    return OASFactory.createLink()
        .operationId(operation)
        .addParameter("continue", "$response.body#/continue");
  }
}
