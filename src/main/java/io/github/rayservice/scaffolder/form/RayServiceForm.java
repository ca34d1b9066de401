package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.github.rayservice.scaffolder.form.Field.Page;
import jakarta.validation.Valid;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The form: the {@code spec} of the kro instance. This is the one place that says which fields
 * there are: OpenAPI, the schema in {@code k8s/platform/resource-graph-definition.yaml}, the
 * Backstage forms, the actions' input and the table in docs/ml-engineer/form.md are generated from
 * it.
 */
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
            immutable = true,
            example = "ray-system",
            title = "Target namespace",
            page = Page.WHERE,
            placeholder = "ray-<team>-<name>",
            help =
                "The form makes ray-<team>-<name> of an empty field. It is deleted together with the Ray Service and cannot be changed later.")
        @Text(Grammar.NAMESPACE)
        String namespace,
    @Field(
            value = "https URL of the zip with the Ray Serve application",
            defaultValue =
                "https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip",
            title = "Application",
            page = Page.WHAT,
            inUpdate = true,
            help =
                "The default is an example that summarises English and translates it into French. No user name, password or query in the URL.")
        @Text(Grammar.ZIP_URL)
        String rayServeFile,
    @Field(
            value = "Entry point inside the zip, written module:variable or module.variable",
            defaultValue = "text_ml.app",
            title = "Import path",
            page = Page.WHAT,
            inUpdate = true)
        @Text(Grammar.IMPORT_PATH)
        String importPath,
    @Field(
            value = "Number of Ray worker pods",
            defaultValue = "2",
            title = "Workers",
            page = Page.HOW_MUCH,
            inUpdate = true,
            help = "With 0 the application runs on the head pod. Use 0 only for experiments.")
        @Between(min = 0, max = 1000)
        int replicas,
    @Field(value = "Ray version and image", title = "Ray", page = Page.WHAT) @Valid Ray ray,
    @Field(
            value = "Kubernetes resources of the pods",
            title = "Resources",
            page = Page.HOW_MUCH,
            inUpdate = true)
        @Valid
        Resources resources,
    @Field(value = "Ingress of the endpoints", title = "Endpoints", page = Page.WHERE) @Valid
        Ingress ingress,
    @Field(
            value = "GitLab host and user of the request",
            required = true,
            title = "GitLab",
            page = Page.WHERE)
        @Valid
        Gitlab gitlab,
    @Field(
            value = "User who requested this Ray Service",
            defaultValue = "unknown",
            help =
                "An update that leaves it out keeps it. Where callers prove who they are, it is the proven name.")
        @Text(Grammar.USER)
        String createdBy) {

  @Schema(name = "Ray")
  public record Ray(
      @Field(value = "Ray version of the image", defaultValue = "2.52.0", title = "Version")
          @Text(Grammar.RAY_RELEASE)
          String version,
      @Field(
              value =
                  "Container image of head and workers; empty means rayproject/ray:<ray.version>",
              example = "registry.company.com/ml/ray:2.52.0",
              title = "Image")
          @Text(Grammar.RAY_IMAGE)
          String image) {}

  @Schema(name = "Resources")
  public record Resources(
      @Field(value = "Resources of the Ray head", title = "Head") @Valid Head head,
      @Field(value = "Resources of each Ray worker", title = "Each worker") @Valid Worker worker) {}

  @Schema(name = "HeadResources")
  public record Head(
      @Field(
              value = "CPU request of the Ray head, a Kubernetes quantity",
              defaultValue = "1",
              title = "Head CPU",
              help = CPU_HELP)
          @Text(Grammar.QUANTITY)
          String cpu,
      @Field(
              value = "Memory request and limit of the Ray head, a Kubernetes quantity",
              defaultValue = "2Gi",
              title = "Head memory",
              help = MEMORY_HELP)
          @Text(Grammar.QUANTITY)
          String memory) {}

  @Schema(name = "WorkerResources")
  public record Worker(
      @Field(
              value = "CPU request of each Ray worker, a Kubernetes quantity",
              defaultValue = "500m",
              title = "Worker CPU",
              help = CPU_HELP)
          @Text(Grammar.QUANTITY)
          String cpu,
      @Field(
              value = "Memory request and limit of each Ray worker, a Kubernetes quantity",
              defaultValue = "1Gi",
              title = "Worker memory",
              help = MEMORY_HELP)
          @Text(Grammar.QUANTITY)
          String memory,
      @Field(value = "NVIDIA GPUs of each Ray worker", defaultValue = "0", title = "Worker GPUs")
          @Between(min = 0, max = 64)
          int gpu) {}

  @Schema(name = "Ingress")
  public record Ingress(
      @Field(
              value = "Host name of the endpoints; empty means gitlab.hostname",
              example = "models.company.com",
              title = "Host",
              help = "A separate host keeps the model's code out of GitLab's web origin.")
          @Text(Grammar.HOST_NAME_OR_EMPTY)
          String host,
      @Field(
              value = "Ingress class that serves the endpoints",
              defaultValue = "nginx",
              title = "Ingress class")
          @Text(Grammar.INGRESS_CLASS)
          String className) {}

  @Schema(name = "Gitlab")
  public record Gitlab(
      @Field(
              value = "GitLab host name, and the host of the endpoints unless ingress.host is set",
              required = true,
              example = "gitlab.company.com",
              title = "Host name",
              placeholder = "gitlab.company.com")
          @Text(Grammar.HOST_NAME)
          String hostname,
      @Field(
              value = "GitLab user name",
              required = true,
              example = "ml-team",
              title = "User name",
              help = "Yours, or your team's.")
          @Text(Grammar.GITLAB_USER)
          String username) {}

  static final String CPU_HELP = "Cores, such as 2 or 500m (half a core)";
  static final String MEMORY_HELP = "Such as 2Gi; less than 512Mi is hardly enough for Ray itself";

  RayServiceForm withCreatedBy(String other) {
    return new RayServiceForm(
        name,
        namespace,
        rayServeFile,
        importPath,
        replicas,
        ray,
        resources,
        ingress,
        gitlab,
        other);
  }

  /** The host name of the Ray Serve endpoint and of the Ray dashboard. */
  @JsonIgnore
  public String endpointHost() {
    return ingress.host().isEmpty() ? gitlab.hostname() : ingress.host();
  }
}
