package io.github.rayservice.scaffolder.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The Ray dashboard of a Ray Service, and how to get in.
 *
 * @param url where it is; empty when the platform shows none
 * @param tokenCommand prints the token that it asks for, once the Ray cluster runs
 * @param portForwardCommand makes it reachable on the reader's own machine; empty when it has a URL
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
@Schema(description = "The Ray dashboard, and how to get in")
public record Dashboard(
    @Schema(
            description = "Where it is; absent when the platform shows none",
            examples = "https://text-ml-service-team-ml.models.company.com/ray-dashboard/text-ml/",
            implementation = String.class)
        Optional<String> url,
    @Schema(
            description =
                "Prints each Ray cluster with the token that its dashboard asks for; needs the right to read Secrets of the target namespace",
            examples =
                "kubectl -n ray-system get secrets -l ray.io/cluster -o go-template='{{range .items}}{{.metadata.name}} {{base64decode .data.auth_token}}{{println}}{{end}}'")
        String tokenCommand,
    @Schema(
            description = "Makes it reachable at http://localhost:8265; absent when it has a URL",
            examples = "kubectl -n ray-system port-forward service/text-ml-head-svc 8265",
            implementation = String.class)
        Optional<String> portForwardCommand) {}
