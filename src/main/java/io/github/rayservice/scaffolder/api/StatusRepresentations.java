package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.status.RayServiceStatus;
import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.phase.Source;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The status of a Ray Service, in the shapes that callers see. Whoever may write its namespace sees
 * all of it; others do not see what the code of its models may have written.
 */
final class StatusRepresentations {
  private StatusRepresentations() {}

  @Schema(name = "RayServicePhase", description = "The phase of a Ray Service, with its reason")
  record PhaseRepresentation(
      @Schema(examples = "Running") String phase,
      @Schema(
              description = "One word for machines, upstream's own where there is one",
              examples = "Ready")
          String reason,
      @Schema(examples = "all Serve applications run") String message,
      @Schema(description = "When the phase began") Instant since) {
    static PhaseRepresentation of(RayServiceStatus status) {
      PhaseStatus phaseStatus = status.phaseStatus();
      return new PhaseRepresentation(
          phaseStatus.phase().label(),
          phaseStatus.reason(),
          phaseStatus.message(),
          phaseStatus.since());
    }
  }

  @Schema(name = "RayServiceCondition", description = "What one source says")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record ConditionRepresentation(
      @Schema(enumeration = {"Git", "Argo CD", "kro", "KubeRay"}) String source,
      @Schema(
              description = "Unknown when it cannot be read, or not be believed",
              enumeration = {"True", "False", "Unknown"})
          String status,
      String reason,
      @Schema(
              description =
                  "The source's own words; empty but for Git where the caller may not write the namespace")
          String message,
      @Schema(implementation = Instant.class) Optional<Instant> since) {
    static List<ConditionRepresentation> of(RayServiceStatus status, boolean forWriter) {
      return status.phaseStatus().conditions().stream()
          .map(c ->
              new ConditionRepresentation(
                  c.source().label(),
                  c.state().label(),
                  c.reason(),
                  // Argo CD's health repeats the exception of a Serve application.
                  forWriter || c.source() == Source.GIT ? c.message() : "",
                  c.since()))
          .toList();
    }
  }

  @Schema(name = "RayServiceFinding", description = "Why it does not run, and what to do")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record FindingRepresentation(
      @Schema(examples = "ImagePull") String problem,
      String message,
      @Schema(
              description =
                  "What the cluster said, in its own words, without what looks like a secret; empty where the caller may not write the namespace")
          List<String> evidence,
      String nextStep,
      @Schema(
              description =
                  "The whole text where the evidence is an extract, cut to some 8 KiB; absent where the caller may not write the namespace",
              implementation = String.class)
          Optional<String> details) {
    static List<FindingRepresentation> of(RayServiceStatus status, boolean forWriter) {
      return status.diagnosis().stream().map(finding -> of(finding, forWriter)).toList();
    }

    private static FindingRepresentation of(Finding finding, boolean forWriter) {
      return new FindingRepresentation(
          finding.problem().code(),
          finding.message(),
          forWriter ? finding.evidence() : List.of(),
          finding.nextStep(),
          finding.details().filter(text -> forWriter));
    }
  }

  @Schema(name = "RayServiceTransition", description = "A change of the phase or its reason")
  record TransitionRepresentation(Instant at, String phase, String reason, String message) {
    static List<TransitionRepresentation> of(RayServiceStatus status) {
      return status.history().stream().map(TransitionRepresentation::of).toList();
    }

    private static TransitionRepresentation of(Transition transition) {
      return new TransitionRepresentation(
          transition.at(), transition.phase().label(), transition.reason(), transition.message());
    }
  }

  @Schema(name = "RayServiceReview", description = "Its newest merge request, as seen last")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record MergeRequestRepresentation(
      @Schema(examples = "https://gitlab.company.com/platform/gitops/-/merge_requests/5")
          String url,
      @Schema(enumeration = {"opened", "closed", "merged"}) String state,
      @Schema(
              description = "What keeps it from being merged, in words",
              examples = "waits for approval",
              implementation = String.class)
          Optional<String> waitsFor) {
    static MergeRequestRepresentation of(DesiredState.MergeRequest review) {
      return new MergeRequestRepresentation(
          review.url(),
          switch (review.state()) {
            case OPEN -> "opened";
            case CLOSED -> "closed";
            case MERGED -> "merged";
          },
          review.waitsFor());
    }
  }

  @Schema(name = "RayServiceEvent", description = "What an event of the kind status holds")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record EventRepresentation(
      Representations.Identity rayService,
      @Schema(
              description =
                  "Version that is accepted: what the ETag of the Ray Service has before its dot; absent when none is. The phase is about it.",
              implementation = String.class)
          Optional<String> version,
      @Schema(description = "Absent when there never was one, or none has been seen yet")
          Optional<MergeRequestRepresentation> mergeRequest,
      String phase,
      String reason,
      String message,
      Instant since,
      List<ConditionRepresentation> conditions,
      List<FindingRepresentation> diagnosis) {
    static EventRepresentation of(RayServiceStatus status, boolean forWriter) {
      PhaseRepresentation brief = PhaseRepresentation.of(status);
      return new EventRepresentation(
          Representations.Identity.of(status.id()),
          status.desired().accepted().map(DesiredState.Accepted::version),
          status.desired().mergeRequest().map(MergeRequestRepresentation::of),
          brief.phase(),
          brief.reason(),
          brief.message(),
          brief.since(),
          ConditionRepresentation.of(status, forWriter),
          FindingRepresentation.of(status, forWriter));
    }
  }
}
