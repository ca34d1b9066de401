package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.api.http.MediaTypes;
import io.github.rayservice.scaffolder.api.http.Problems;
import io.github.rayservice.scaffolder.template.BackstageTemplates;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The files that a Backstage reads: it registers {@code location.yaml} once, and its forms then fit
 * this service's version and settings. They hold nothing secret and are public, because Backstage's
 * reader of URLs has no token for this service.
 */
@Path("/backstage-templates")
@PermitAll // They tell nothing of any Ray Service.
public class TemplateResource {
  private final BackstageTemplates templates;

  public TemplateResource(BackstageTemplates templates) {
    this.templates = templates;
  }

  @GET
  @Path("rayservice/schema.json")
  @Produces(MediaTypes.JSON)
  @Operation(hidden = true)
  public Response schema(@Context Request request) {
    JsonNode schema = templates.schema();
    return answer(request, schema, schema.toString());
  }

  @GET
  @Path("{path:.+}")
  @Produces(MediaTypes.YAML)
  @Operation(hidden = true)
  public Response file(@PathParam("path") String path, @Context Request request) {
    String text = templates.file(path).orElseThrow(() -> Problems.noTemplate(path));
    return answer(request, text, text);
  }

  private static Response answer(Request request, Object entity, String text) {
    EntityTag tag = new EntityTag(DigestUtils.sha256Hex(text));
    Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
    return unchanged != null ? unchanged.build() : Response.ok(entity).tag(tag).build();
  }
}
