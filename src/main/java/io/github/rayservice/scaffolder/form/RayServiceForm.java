package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.field.ChangeEffect;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.field.Field.Page;
import io.github.rayservice.scaffolder.form.serve.RaySchema;
import io.github.rayservice.scaffolder.form.value.Between;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import jakarta.validation.Valid;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The form: the {@code spec} of the kro instance. This is the one place that says which fields
 * there are: OpenAPI, the schema in {@code k8s/platform/resource-graph-definition.yaml}, the
 * Backstage forms, the actions' input and the table in docs/ml-engineer/form.md are generated from
 * it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RayServiceSpec", description = "The parameters of a Ray Service")
public record RayServiceForm(
    @Field(
            value = "Name of the KubeRay RayService and last part of the URL paths",
            required = true,
            immutable = true,
            example = "text-ml",
            title = "Name",
            page = Page.WHAT,
            placeholder = "text-ml",
            help = "Lower-case letters, digits and '-'. It cannot be changed later.")
        @Text(Grammar.KUBERAY_NAME)
        String name,
    @Field(
            value = "Kubernetes namespace that is created for this Ray Service only",
            required = true,
            filledIn = true,
            immutable = true,
            example = "ray-system",
            title = "Target namespace",
            page = Page.WHERE,
            placeholder = "ray-<team>--<name>",
            help =
                "Left empty, it is made of the team and the name in the catalog. It is deleted together with the Ray Service and cannot be changed later.")
        @Text(Grammar.NAMESPACE)
        String namespace,
    @Field(
            value = "URL of the zip with the Ray Serve application; empty for none",
            defaultValue = RayServiceForm.EXAMPLE_ZIP,
            title = "Application",
            page = Page.WHAT,
            inUpdate = true,
            help =
                "The default is an example that summarises English and translates it into French. No user name, password or query in the URL.")
        @Text(Grammar.ZIP_URL)
        String rayServeFile,
    @Field(
            value = "Entry point of the application, written module:variable or module.variable",
            defaultValue = "text_ml.app",
            title = "Import path",
            page = Page.WHAT,
            inUpdate = true)
        @Text(Grammar.IMPORT_PATH)
        String importPath,
    @Field(
            value = "Path of the application below its own URL path",
            defaultValue = "/",
            title = "Route prefix",
            page = Page.ADVANCED)
        @Text(Grammar.ROUTE_PREFIX)
        String routePrefix,
    @Field(
            value = "Arguments of the application's builder",
            optional = true,
            title = "Arguments",
            page = Page.ADVANCED,
            inUpdate = true,
            help = "YAML. For an entry point that is a function, not an application.")
        @Nullable JsonNode args,
    @Field(
            value = "What the application needs besides the image",
            optional = true,
            title = "Packages and variables",
            page = Page.ADVANCED,
            inUpdate = true)
        @Valid
        @Nullable RuntimeEnv runtimeEnv,
    @Field(
            value =
                "Settings of the application's Serve deployments; the others keep those of the code",
            optional = true,
            key = "name",
            validation = "self.all(d, !(has(d.numReplicas) && has(d.autoscalingConfig)))",
            title = "Serve deployments",
            page = Page.ADVANCED,
            inUpdate = true)
        @Nullable List<@Valid ServeDeployment> deployments,
    @Field(
            value =
                "A whole Serve config file, for several applications; instead of rayServeFile, importPath, routePrefix, args, runtimeEnv and deployments",
            optional = true,
            title = "Serve config",
            page = Page.ADVANCED,
            inUpdate = true,
            help = "YAML, as serve deploy takes it.")
        @Nullable JsonNode serveConfig,
    @Field(
            value =
                "Secrets of the team's namespace that the pods get, by their names; each has the label rayservice-scaffolder/use=true",
            effect = ChangeEffect.NEW_CLUSTER,
            optional = true,
            key = "name",
            maxItems = 20,
            validation = "self.filter(u, u.use == 'netrc').size() <= 1",
            title = "Secrets",
            page = Page.ADVANCED,
            inUpdate = true)
        @Nullable List<@Valid SecretUse> secrets,
    @Field(
            value = CLOUD_IDENTITY,
            effect = ChangeEffect.NEW_CLUSTER,
            optional = true,
            example = "arn:aws:iam::123456789012:role/team-ml-models",
            title = "Cloud identity",
            page = Page.ADVANCED,
            inUpdate = true,
            help =
                "For buckets without a Secret. The platform says which roles your team may take.")
        @Text(Grammar.CLOUD_IDENTITY)
        @Nullable String cloudIdentity,
    @Field(
            value = ModelCache.MEANING,
            effect = ChangeEffect.NEW_CLUSTER,
            optional = true,
            title = "Model cache",
            page = Page.ADVANCED,
            inUpdate = true)
        @Valid
        @Nullable ModelCache modelCache,
    @Field(
            value = "Number of Ray worker pods",
            effect = ChangeEffect.NEW_CLUSTER,
            defaultValue = "2",
            title = "Workers",
            page = Page.HOW_MUCH,
            inUpdate = true,
            help = "With 0 the application runs on the head pod. Use 0 only for experiments.")
        @Between(min = 0, max = 1000)
        int replicas,
    @Field(
            value = "Bounds between which Ray's autoscaler adds and removes workers",
            effect = ChangeEffect.NEW_CLUSTER,
            optional = true,
            validation = "self.minReplicas <= self.maxReplicas",
            title = "Autoscaling",
            page = Page.ADVANCED,
            inUpdate = true)
        @Valid
        @Nullable Autoscaling autoscaling,
    @Field(
            value = "Ray version and image",
            effect = ChangeEffect.NEW_CLUSTER,
            title = "Ray",
            page = Page.WHAT)
        @Valid
        Ray ray,
    @Field(
            value = "Kubernetes resources of the pods",
            effect = ChangeEffect.NEW_CLUSTER,
            title = "Resources",
            page = Page.HOW_MUCH,
            inUpdate = true)
        @Valid
        Resources resources,
    @Field(
            value = "Ingress of the endpoints",
            effect = ChangeEffect.ENDPOINTS,
            title = "Endpoints",
            page = Page.WHERE)
        @Valid
        Ingress ingress,
    @Field(
            value = "GitLab host and user of the request",
            effect = ChangeEffect.ENDPOINTS,
            required = true,
            title = "GitLab",
            page = Page.WHERE)
        @Valid
        Gitlab gitlab,
    @Field(
            value = "User who requested this Ray Service",
            effect = ChangeEffect.NONE,
            defaultValue = "unknown",
            help =
                "An update that leaves it out keeps it. Where callers prove who they are, it is the proven name.")
        @Text(Grammar.USER)
        String createdBy,
    @Field(
            value = "When it was restarted last: another value makes a new Ray cluster",
            effect = ChangeEffect.NEW_CLUSTER,
            optional = true,
            example = "2026-11-29T09:00:00Z",
            help = "POST <name>:restart sets it. An update that leaves it out keeps it.")
        @Text(Grammar.TIMESTAMP)
        @Nullable String restartedAt) {

  @Schema(name = "Autoscaling")
  public record Autoscaling(
      @Field(
              value = "Least number of Ray worker pods",
              defaultValue = "0",
              title = "Fewest workers")
          @Between(min = 0, max = 1000)
          int minReplicas,
      @Field(value = "Greatest number of Ray worker pods", required = true, title = "Most workers")
          @Between(min = 1, max = 1000)
          int maxReplicas,
      @Field(
              value = "Seconds that a worker is idle before it is removed",
              defaultValue = "60",
              title = "Idle seconds")
          @Between(min = 1, max = 86400)
          int idleTimeoutSeconds) {}

  @Schema(name = "Ray")
  public record Ray(
      @Field(
              value = "Ray version of the image, 2.52.0 or newer",
              defaultValue = RAY_VERSION,
              title = "Version")
          @Text(Grammar.RAY_RELEASE)
          String version,
      @Field(
              value =
                  "Container image of head and workers; empty means that of the hardware, else rayproject/ray:<ray.version>",
              validation =
                  "self.find('^([^@]*/)?[^@:/]*').size() <= 255 && !self.matches('^[a-f0-9]{64}$')",
              example = "registry.company.com/ml/ray:" + RAY_VERSION,
              title = "Image")
          @Text(Grammar.RAY_IMAGE)
          String image) {}

  @Schema(name = "Ingress")
  public record Ingress(
      @Field(
              value =
                  "Host name of the endpoints; empty means gitlab.hostname, or in a form the platform's host where gitlab.hostname is not listed",
              example = "models.company.com",
              title = "Host",
              help = "A separate host keeps the model's code out of GitLab's web origin.")
          @Text(Grammar.HOST_NAME_OR_EMPTY)
          String host,
      @Field(
              value =
                  "Ingress class that serves the endpoints; in a form, absent means the first that the platform allows",
              defaultValue = "nginx",
              title = "Ingress class")
          @Text(Grammar.INGRESS_CLASS)
          String className,
      @Field(
              value =
                  "Whether the host is for this Ray Service alone: the model answers at its root; the service sets it",
              defaultValue = "false")
          boolean ownHost) {
    Ingress withOwnHost(boolean other) {
      return new Ingress(host, className, other);
    }
  }

  @Schema(name = "Gitlab")
  public record Gitlab(
      @Field(
              value =
                  "GitLab host name, and the host of the endpoints where neither the form nor the platform has another",
              required = true,
              example = "gitlab.company.com",
              title = "Host name",
              placeholder = "gitlab.company.com")
          @Text(Grammar.HOST_NAME)
          String hostname,
      @Field(
              value = "GitLab user name",
              effect = ChangeEffect.NONE,
              required = true,
              example = "ml-team",
              title = "User name",
              help = "Yours, or your team's.")
          @Text(Grammar.GITLAB_USER)
          String username) {}

  static final String CLOUD_IDENTITY =
      "Role in a cloud that the pods take: the ARN of an AWS role, the address of a Google service account or the client id of an Azure identity";

  /** Default of {@code ray.version}: {@code serveConfig} is checked by its schema. */
  static final String RAY_VERSION = RaySchema.RELEASE;

  /**
   * The default of {@code rayServeFile}: the Book's example, whose packages the definition knows.
   */
  public static final String EXAMPLE_ZIP =
      "https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip";

  /** The same form with another {@code createdBy}. */
  RayServiceForm withCreatedBy(String other) {
    return with(resources, modelCache, ingress, other, restartedAt);
  }

  /** The same form, restarted at another time; null for never. */
  public RayServiceForm withRestartedAt(@Nullable String other) {
    return with(resources, modelCache, ingress, createdBy, other);
  }

  /** The same form as an earlier one that comes again on the volume that there is now. */
  public RayServiceForm onVolumeOf(RayServiceForm now) {
    return modelCache == null
        ? this
        : with(resources, modelCache.on(now.modelCache()), ingress, createdBy, restartedAt);
  }

  /** The same form with other resources. */
  RayServiceForm withResources(Resources other) {
    return with(other, modelCache, ingress, createdBy, restartedAt);
  }

  /** The same form with another Ingress. */
  RayServiceForm withIngress(Ingress other) {
    return with(resources, modelCache, other, createdBy, restartedAt);
  }

  /** The same form with other values of what the service itself sets. */
  private RayServiceForm with(
      Resources each,
      @Nullable ModelCache cache,
      Ingress endpoints,
      String creator,
      @Nullable String restart) {
    return new RayServiceForm(
        name,
        namespace,
        rayServeFile,
        importPath,
        routePrefix,
        args,
        runtimeEnv,
        deployments,
        serveConfig,
        secrets,
        cloudIdentity,
        cache,
        replicas,
        autoscaling,
        ray,
        each,
        endpoints,
        gitlab,
        creator,
        restart);
  }

  /** The host name of the Ray Serve endpoint and of the Ray dashboard. */
  @JsonIgnore
  public String endpointHost() {
    return ingress.host().isEmpty() ? gitlab.hostname() : ingress.host();
  }
}
