package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.status.RayServiceStatus;
import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where a Ray Service stands, in the shapes that callers see. */
final class StatusAnswers {
  private StatusAnswers() {}

  @Schema(name = "RayServicePhase", description = "Where a Ray Service stands, in short")
  record Brief(
      @Schema(examples = "Running") String phase,
      @Schema(
              description = "One word for machines, upstream's own where there is one",
              examples = "Ready")
          String reason,
      @Schema(examples = "all Serve applications run") String message,
      @Schema(description = "When it came to stand so") Instant since) {
    static Brief of(RayServiceStatus status) {
      PhaseStatus phaseStatus = status.phaseStatus();
      return new Brief(
          phaseStatus.phase().label(),
          phaseStatus.reason(),
          phaseStatus.message(),
          phaseStatus.since());
    }
  }

  @Schema(name = "RayServiceCondition", description = "What one source says")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Condition(
      @Schema(enumeration = {"Git", "Argo CD", "kro", "KubeRay"}) String source,
      @Schema(
              description = "Unknown when it cannot be read, or not be believed",
              enumeration = {"True", "False", "Unknown"})
          String status,
      String reason,
      String message,
      @Schema(implementation = Instant.class) Optional<Instant> since) {
    static List<Condition> of(RayServiceStatus status) {
      return status.phaseStatus().conditions().stream()
          .map(c ->
              new Condition(
                  c.source().label(), c.state().label(), c.reason(), c.message(), c.since()))
          .toList();
    }
  }

  @Schema(name = "RayServiceFinding", description = "Why it does not run, and what to do")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Diagnosis(
      @Schema(examples = "ImagePull") String problem,
      String message,
      @Schema(description = "What the cluster said, in its own words") List<String> evidence,
      String nextStep,
      @Schema(
              description = "The whole text where the evidence is an extract",
              implementation = String.class)
          Optional<String> details) {
    static List<Diagnosis> of(RayServiceStatus status) {
      return status.diagnosis().stream().map(Diagnosis::of).toList();
    }

    private static Diagnosis of(Finding finding) {
      return new Diagnosis(
          finding.problem(),
          finding.message(),
          finding.evidence(),
          finding.nextStep(),
          finding.details());
    }
  }

  @Schema(name = "RayServiceTransition", description = "It came to stand so")
  record Change(Instant at, String phase, String reason, String message) {
    static List<Change> of(RayServiceStatus status) {
      return status.history().stream().map(Change::of).toList();
    }

    private static Change of(Transition transition) {
      return new Change(
          transition.at(), transition.phase().label(), transition.reason(), transition.message());
    }
  }

  @Schema(name = "RayServiceReview", description = "Its newest merge request, as seen last")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Review(
      @Schema(examples = "https://gitlab.company.com/platform/gitops/-/merge_requests/5")
          String url,
      @Schema(enumeration = {"opened", "closed", "merged"}) String state,
      @Schema(
              description = "What keeps it from being merged, in words",
              examples = "waits for approval",
              implementation = String.class)
          Optional<String> waitsFor) {
    static Review of(DesiredState.MergeRequest review) {
      return new Review(
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
  record Event(
      Answers.Identity rayService,
      @Schema(
              description =
                  "Version that is accepted, as in the ETag of the Ray Service; absent when none is. The phase is about it.",
              implementation = String.class)
          Optional<String> version,
      @Schema(description = "Absent when there never was one, or none has been seen yet")
          Optional<Review> mergeRequest,
      String phase,
      String reason,
      String message,
      Instant since,
      List<Condition> conditions,
      List<Diagnosis> diagnosis) {
    static Event of(RayServiceStatus status) {
      Brief brief = Brief.of(status);
      return new Event(
          Answers.Identity.of(status.id()),
          status.desired().accepted().map(DesiredState.Accepted::version),
          status.desired().mergeRequest().map(Review::of),
          brief.phase(),
          brief.reason(),
          brief.message(),
          brief.since(),
          Condition.of(status),
          Diagnosis.of(status));
    }
  }
}
