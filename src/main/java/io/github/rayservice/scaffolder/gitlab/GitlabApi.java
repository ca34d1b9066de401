package io.github.rayservice.scaffolder.gitlab;

import io.quarkus.rest.client.reactive.ClientExceptionMapper;
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
import java.util.List;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jspecify.annotations.Nullable;

/**
 * The part of GitLab's REST API v4 that this service uses. {@code project} is the project's path;
 * slashes in it are encoded.
 */
@RegisterRestClient(configKey = "gitlab", baseUri = GitlabApi.OF_THE_SETTINGS)
@Path("/api/v4")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
interface GitlabApi {
  /** Never called: {@link GitlabClient} sets {@code scaffolder.gitlab.url}. */
  String OF_THE_SETTINGS = "https://gitlab.invalid";

  @GET
  @Path("/projects/{project}/merge_requests")
  List<MergeRequest> mergeRequests(
      @PathParam("project") String project,
      @QueryParam("source_branch") @Nullable String sourceBranch,
      @QueryParam("target_branch") String targetBranch,
      @QueryParam("state") String state,
      @QueryParam("order_by") String orderBy,
      @QueryParam("sort") String sort,
      @QueryParam("per_page") int perPage,
      @QueryParam("page") int page);

  @POST
  @Path("/projects/{project}/merge_requests")
  MergeRequest open(@PathParam("project") String project, NewMergeRequest request);

  @GET
  @Path("/projects/{project}/merge_requests/{iid}")
  MergeRequest mergeRequest(@PathParam("project") String project, @PathParam("iid") long iid);

  @PUT
  @Path("/projects/{project}/merge_requests/{iid}")
  MergeRequest edit(
      @PathParam("project") String project, @PathParam("iid") long iid, MergeRequestEdit edit);

  @PUT
  @Path("/projects/{project}/merge_requests/{iid}/merge")
  MergeRequest merge(
      @PathParam("project") String project, @PathParam("iid") long iid, MergeParameters parameters);

  @GET
  @Path("/users")
  List<User> users(@QueryParam("username") String username);

  @GET
  @Path("/personal_access_tokens/self")
  TokenInfo token();

  @ClientExceptionMapper
  static GitlabException failure(Response response) {
    return GitlabErrors.of(
        response.getStatus(),
        response.getHeaderString("Retry-After"),
        response.hasEntity() ? response.readEntity(String.class) : "");
  }
}
