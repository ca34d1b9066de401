package io.github.rayservice.scaffolder.api;

import static java.util.Objects.requireNonNull;

import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** Lists every problem of a diagnosis in the OpenAPI document; annotations take constants only. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ProblemSchema implements OASFilter {
  @Override
  public void filterOpenAPI(OpenAPI document) {
    Schema finding = document.getComponents().getSchemas().get("RayServiceFinding");
    Schema problem = requireNonNull(requireNonNull(finding).getProperties().get("problem"));
    problem.setEnumeration(Arrays.stream(Problem.values()).<Object>map(Problem::code).toList());
    problem.setDescription(
        Arrays.stream(Problem.values())
            .map(p -> "%s: %s (%s can fix it)".formatted(p.code(), p.meaning(), p.owner().label()))
            .collect(Collectors.joining("; ")));
  }
}
