package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.rest.client.reactive.ClientExceptionMapper;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jspecify.annotations.Nullable;

/**
 * The part of GitLab's REST API v4 that this service uses. {@code project} is the project's path,
 * whose slashes are encoded, or its number. Answers are streams, because the client would put all
 * else into memory whole, however long it is. Whoever reads one closes it.
 */
@RegisterRestClient(configKey = "gitlab", baseUri = GitlabApi.OF_THE_SETTINGS)
@Path("/api/v4")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
interface GitlabApi {
  /** Never called: {@link GitlabClient} sets {@code scaffolder.gitlab.url}. */
  String OF_THE_SETTINGS = "https://gitlab.invalid";

  /** In bytes; of an error at most a line is told. */
  int LONGEST_ERROR = 64 * 1024;

  @GET
  @Path("/projects/{project}")
  InputStream project(@PathParam("project") String project);

  @GET
  @Path("/projects/{project}/merge_requests")
  InputStream mergeRequests(
      @PathParam("project") String project,
      @QueryParam("source_project_id") long sourceProject,
      @QueryParam("source_branch") @Nullable String sourceBranch,
      @QueryParam("target_branch") String targetBranch,
      @QueryParam("state") String state,
      @QueryParam("order_by") String orderBy,
      @QueryParam("sort") String sort,
      @QueryParam("per_page") int perPage,
      @QueryParam("page") int page);

  @POST
  @Path("/projects/{project}/merge_requests")
  InputStream open(@PathParam("project") String project, NewMergeRequest request);

  @GET
  @Path("/projects/{project}/merge_requests/{iid}")
  InputStream mergeRequest(@PathParam("project") String project, @PathParam("iid") long iid);

  @PUT
  @Path("/projects/{project}/merge_requests/{iid}")
  InputStream edit(
      @PathParam("project") String project, @PathParam("iid") long iid, MergeRequestEdit edit);

  @PUT
  @Path("/projects/{project}/merge_requests/{iid}/merge")
  InputStream merge(
      @PathParam("project") String project, @PathParam("iid") long iid, MergeParameters parameters);

  @GET
  @Path("/projects/{project}/protected_branches")
  InputStream protectedBranches(
      @PathParam("project") String project,
      @QueryParam("per_page") int perPage,
      @QueryParam("page") int page);

  @GET
  @Path("/users")
  InputStream users(@QueryParam("username") String username);

  @GET
  @Path("/personal_access_tokens/self")
  InputStream token();

  @ClientExceptionMapper
  @Blocking
  static GitlabException failure(Response response) {
    return GitlabErrors.of(
        response.getStatus(),
        response.getHeaderString("Retry-After"),
        response.hasEntity() ? beginning(response.readEntity(InputStream.class)) : "");
  }

  private static String beginning(InputStream body) {
    try (body) {
      return new String(body.readNBytes(LONGEST_ERROR), UTF_8);
    } catch (IOException e) {
      return "an answer that breaks off: " + e.getMessage();
    }
  }
}
