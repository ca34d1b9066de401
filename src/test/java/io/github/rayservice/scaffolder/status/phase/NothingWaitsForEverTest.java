package io.github.rayservice.scaffolder.status.phase;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ACCEPTED;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.EARLIER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.LATER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.LONG_PATIENCE;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.NOW;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.PATIENCE;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.READY;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.absent;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.application;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.argo;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.condition;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.garbled;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.git;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.holding;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.instance;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.kro;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.proposed;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ray;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ready;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.running;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.seen;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.stamp;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.unreadable;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.status.diagnosis.DiagnosisContext;
import io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.diagnosis.ProbeResults;
import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.IngressClassState;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.ResourceGraphDefinitionState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Time passes over each way to be in a phase: either the phase ends by itself, or the diagnosis
 * says who can do what. People decide on an open merge request, and without a cluster nothing is
 * known after Git.
 */
class NothingWaitsForEverTest {
  private static final Instant LATE = NOW.plus(Duration.ofDays(1));
  private static final Path RULES =
      Path.of("src/main/java/io/github/rayservice/scaffolder/status/phase");

  /** A reason, and anything else that is written like one. */
  private static final Pattern REASON = Pattern.compile("\"([A-Z][a-z]+[A-Za-z]*)\"");

  /** Where people decide, where it is over, and where there is nothing to wait for. */
  private static final Set<String> ENDS =
      Set.of("AwaitingMerge", "MergeRequestClosed", "ClusterNotWatched", "Ready");

  private static final SourceState AVAILABLE = new SourceState.Available();
  private static final ObjectMetadata ANY = stamp(1, false);

  /** In which nothing is wrong. */
  private static final DiagnosisContext CONTEXT =
      new DiagnosisContext(
          Optional.empty(),
          List.of(),
          List.of(),
          AVAILABLE,
          AVAILABLE,
          seen(new ResourceGraphDefinitionState(ANY, "Active", List.of())),
          seen(new IngressClassState(ANY)),
          ProbeResults.NOTHING);

  private static final ObservationFixture NEW =
      new ObservationFixture(ACCEPTED, absent(), absent(), absent());
  private static final ObservationFixture MADE = running().ray(absent());
  private static final StatusCondition UPGRADE = condition("UpgradeInProgress", "True", "", "");

  /**
   * A way to be in a phase.
   *
   * @param problem what is found at last; empty where nothing has to be
   */
  record Way(String when, Observation seen, String reason, Optional<Problem> problem) {
    static Way finds(String when, ObservationFixture seen, String reason, Problem problem) {
      return new Way(when, seen.observation(), reason, Optional.of(problem));
    }

    static Way ends(String when, ObservationFixture seen, String reason) {
      return new Way(when, seen.observation(), reason, Optional.empty());
    }

    @Override
    public String toString() {
      return when + ": " + reason;
    }
  }

  static Stream<Way> ways() {
    return Stream.of(ofGit(), ofArgoCd(), ofKro(), ofKubeRay(), deleting()).flatMap(ways -> ways);
  }

  private static Stream<Way> ofGit() {
    return Stream.of(
        Way.ends(
            "people decide",
            NEW.git(proposed(DesiredState.MergeRequest.State.OPEN)),
            "AwaitingMerge"),
        Way.ends(
            "people have decided",
            NEW.git(proposed(DesiredState.MergeRequest.State.CLOSED)),
            "MergeRequestClosed"),
        Way.finds(
            "GitLab makes no merge request",
            NEW.git(seen(new DesiredState(Optional.empty(), Optional.empty(), true))),
            "AwaitingMergeRequest",
            Problem.MERGE_REQUEST_MISSING),
        Way.finds(
            "merged, and not on the branch",
            NEW.git(proposed(DesiredState.MergeRequest.State.MERGED)),
            "Merged",
            Problem.MERGED_ELSEWHERE),
        Way.finds(
            "nothing at all",
            NEW.git(seen(DesiredState.NOTHING)),
            "NothingKnown",
            Problem.SOURCE_UNREADABLE),
        Way.finds(
            "Git is away",
            NEW.git(unreadable(absent())),
            "GitUnreadable",
            Problem.SOURCE_UNREADABLE));
  }

  private static Stream<Way> ofArgoCd() {
    return Stream.of(
        Way.finds("Argo CD does not look", NEW, "NotYetSeen", Problem.ARGO_CD_IDLE),
        Way.finds(
            "Argo CD does not look at the change",
            running().git(git(Optional.of(LATER), null)),
            "NotYetSeen",
            Problem.ARGO_CD_IDLE),
        Way.finds(
            "the sync does not end",
            NEW.argo(argo("OutOfSync", "Missing", "Running")),
            "SyncRunning",
            Problem.NOT_SYNCED),
        Way.finds(
            "the sync is tried again and again",
            NEW.argo(retrying("OutOfSync")),
            "SyncRetrying",
            Problem.NOT_SYNCED),
        Way.finds(
            "the sync does not begin",
            NEW.argo(argo("OutOfSync", "Missing", "")),
            "InstanceMissing",
            Problem.NOT_SYNCED),
        Way.finds(
            "Argo CD does not compare",
            NEW.argo(argo("Unknown", "Missing", "")),
            "SyncUnknown",
            Problem.NOT_SYNCED),
        Way.finds(
            "Argo CD does not compare, and it runs",
            running().argo(argo("Unknown", "Healthy", "")),
            "SyncUnknown",
            Problem.NOT_SYNCED),
        Way.finds(
            "the sync has failed",
            NEW.argo(argo("OutOfSync", "Missing", "Failed")),
            "SyncFailed",
            Problem.NOT_SYNCED),
        Way.finds(
            "Argo CD does not get through",
            NEW.argo(
                seen(
                    application(
                        "Unknown",
                        "Missing",
                        "",
                        NOW,
                        List.of(condition("ComparisonError", "", "", "connection refused")),
                        false))),
            "ComparisonError",
            Problem.NOT_SYNCED),
        Way.finds(
            "the change is not synced",
            running().argo(argo("OutOfSync", "Healthy", "")),
            "OutOfSync",
            Problem.NOT_SYNCED),
        Way.finds(
            "the change is tried again and again",
            running().argo(retrying("OutOfSync")),
            "OutOfSync",
            Problem.NOT_SYNCED),
        Way.finds(
            "synced, they say",
            running().git(holding(Map.of("name", "text-ml", "replicas", 3))),
            "NotAsInGit",
            Problem.NOT_AS_IN_GIT),
        Way.finds(
            "Argo CD is away",
            NEW.argo(unreadable(absent())),
            "ArgoCDUnreadable",
            Problem.SOURCE_UNREADABLE));
  }

  private static Stream<Way> ofKro() {
    return Stream.of(
        Way.ends("no cluster", NEW.kro(new Observed.NotWatched<>()), "ClusterNotWatched"),
        Way.finds("kro is away", unreadableKro(), "kroUnreadable", Problem.SOURCE_UNREADABLE),
        Way.finds(
            "an instance that cannot be read",
            running().kro(garbled()),
            "InstanceGarbled",
            Problem.SOURCE_UNREADABLE),
        Way.finds(
            "kro does not look", MADE.kro(kro("", 1, 0)), "RayServiceMissing", Problem.KRO_IDLE),
        Way.finds(
            "kro does not look at the change",
            running().kro(kro("ACTIVE", 3, 2, ready("True", "Ready"))),
            "SpecChanged",
            Problem.KRO_IDLE),
        Way.finds(
            "kro says ready, and made nothing",
            MADE.kro(kro("ACTIVE", 1, 1, ready("True", "Ready"))),
            "RayServiceMissing",
            Problem.KRO_NOT_READY),
        Way.finds(
            "kro makes its objects",
            MADE.kro(kro("IN_PROGRESS", 1, 1, ready("False", "NotReady"))),
            "NotReady",
            Problem.KRO_NOT_READY),
        Way.finds(
            "all runs, and kro waits",
            running().kro(kro("IN_PROGRESS", 1, 1, ready("False", "ReconciliationFailed"))),
            "ReconciliationFailed",
            Problem.KRO_NOT_READY),
        Way.finds(
            "all runs, and kro waits in a change",
            running().kro(kro("IN_PROGRESS", 2, 2, ready("Unknown", "NotReady"))),
            "NotReady",
            Problem.KRO_NOT_READY),
        Way.finds(
            "kro tries again and again",
            MADE.kro(broken("context deadline exceeded")),
            "KroRetrying",
            Problem.KRO_NOT_READY),
        Way.finds(
            "kro tries again and again, and it runs",
            running().kro(broken("context deadline exceeded")),
            "KroRetrying",
            Problem.KRO_NOT_READY),
        Way.finds(
            "kro may not",
            MADE.kro(broken("pods is forbidden")),
            "ManagementFailed",
            Problem.KRO_NOT_READY),
        Way.finds("a person holds kro", suspended(), "NotReady", Problem.SUSPENDED));
  }

  private static Stream<Way> ofKubeRay() {
    return Stream.of(
        Way.finds(
            "KubeRay is away",
            running().ray(unreadable(READY)),
            "KubeRayUnreadable",
            Problem.SOURCE_UNREADABLE),
        Way.finds(
            "a RayService that cannot be read",
            running().ray(garbled()),
            "RayServiceGarbled",
            Problem.SOURCE_UNREADABLE),
        Way.finds(
            "KubeRay does not look",
            running().ray(silent(ray(1, 0, "Unknown", "", List.of(), null, null))),
            "NotYetSeenByKubeRay",
            Problem.KUBERAY_IDLE),
        Way.finds(
            "KubeRay does not look at the change",
            running().ray(silent(ray(2, 1, "True", "", List.of(), "RUNNING", null))),
            "SpecChanged",
            Problem.KUBERAY_IDLE),
        Way.ends(
            "KubeRay has looked and writes nothing",
            running().ray(ray(2, 1, "True", "", List.of(), "RUNNING", null)),
            "Ready"),
        Way.finds(
            "Ray does not come up",
            running().ray(ray(1, 1, "False", "Initializing", List.of(), null, "DEPLOYING")),
            "Initializing",
            Problem.START_SLOW),
        Way.finds(
            "Ray took too long",
            running().ray(ray(1, 1, "False", "InitializingTimeout", List.of(), null, null)),
            "InitializingTimeout",
            Problem.START_SLOW),
        Way.finds(
            "it answers no more",
            running().ray(ray(2, 2, "False", "ZeroServeEndpoints", List.of(), "RUNNING", null)),
            "ZeroServeEndpoints",
            Problem.START_SLOW),
        Way.finds(
            "an upgrade without an end",
            running().ray(ray(2, 2, "True", "", List.of(UPGRADE), "RUNNING", "DEPLOYING")),
            "UpgradeInProgress",
            Problem.UPGRADE_SLOW),
        Way.finds(
            "an upgrade without a second cluster",
            running().ray(ray(2, 2, "True", "", List.of(UPGRADE), "RUNNING", null)),
            "UpgradeInProgress",
            Problem.UPGRADE_SLOW),
        new Way(
            "workers do not come",
            withWorkers(running().observation()),
            "WorkersStarting",
            Optional.of(Problem.START_SLOW)),
        Way.finds(
            "the change is being deployed",
            running().ray(ray(2, 2, "True", "", List.of(), "DEPLOYING", null)),
            "Deploying",
            Problem.START_SLOW),
        Way.finds(
            "an application fails",
            running().ray(ray(1, 1, "False", "Initializing", List.of(), null, "DEPLOY_FAILED")),
            "ServeDeployFailed",
            Problem.APPLICATION_RAISED),
        Way.finds(
            "an application is unhealthy",
            running().ray(ray(2, 2, "True", "", List.of(), "UNHEALTHY", null)),
            "ServeApplicationUnhealthy",
            Problem.SERVE_UNHEALTHY),
        Way.finds(
            "KubeRay refuses it",
            running().ray(ray(1, 0, "False", "ValidationFailed", List.of(), null, null)),
            "ValidationFailed",
            Problem.REFUSED_BY_KUBERAY),
        Way.finds(
            "a person has suspended it",
            running()
                .ray(
                    ray(
                        2,
                        2,
                        "False",
                        "SuspendComplete",
                        List.of(condition("Suspended", "True", "", "")),
                        null,
                        null)),
            "Suspended",
            Problem.SUSPENDED),
        Way.ends("it runs", running(), "Ready"));
  }

  private static Stream<Way> deleting() {
    Observed<DesiredState> nothing = seen(DesiredState.NOTHING);
    return Stream.of(
        Way.finds(
            "kro does not end",
            running().kro(seen(instance("DELETING", 1, 1, true, ready("False", "Deleting")))),
            "Finalizing",
            Problem.DELETION_STUCK),
        Way.finds(
            "kro says that it deletes, and no one asked",
            running().kro(kro("DELETING", 1, 1, ready("False", "Deleting"))),
            "Finalizing",
            Problem.NOT_REMOVED),
        Way.finds(
            "Argo CD does not end",
            NEW.argo(seen(application("Synced", "Healthy", "", NOW, List.of(), true))),
            "ApplicationDeleting",
            Problem.DELETION_STUCK),
        Way.finds(
            "nothing removes it", running().git(nothing), "RemovedFromGit", Problem.NOT_REMOVED),
        Way.finds(
            "something is left",
            new ObservationFixture(nothing, absent(), absent(), READY),
            "Leftovers",
            Problem.NOT_REMOVED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void atLastItEndsOrSaysWhoCanDoWhat(Way way) {
    PhaseStatus first = at(way.seen(), Optional.empty(), NOW);
    assertThat(first.reason()).isEqualTo(way.reason());
    assertThat(first.message()).isNotBlank();

    PhaseStatus last = at(way.seen(), Optional.of(first), LATE);

    List<Finding> findings = findings(way.seen(), last, LATE);
    assertThat(findings.stream().findFirst().map(Finding::problem)).isEqualTo(way.problem());
    assertThat(findings)
        .allSatisfy(finding -> {
          assertThat(finding.message()).isNotBlank();
          assertThat(finding.evidence()).isNotEmpty();
          assertThat(finding.nextStep()).isNotBlank().doesNotContain("{", "}");
        });
    if (way.problem().isEmpty()) {
      assertThat(last.reason()).isIn(ENDS);
    }
  }

  /** What is normal for minutes is not called a problem. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aLongStepIsGivenTime(Way way) {
    Set<Problem> slow =
        Set.of(
            Problem.ARGO_CD_IDLE,
            Problem.UPGRADE_SLOW,
            Problem.DELETION_STUCK,
            Problem.NOT_REMOVED);
    PhaseStatus first = at(way.seen(), Optional.empty(), NOW);
    Instant soon = EARLIER.plus(LONG_PATIENCE);
    boolean isSlow =
        way.problem().filter(slow::contains).isPresent()
            || (way.problem().equals(Optional.of(Problem.START_SLOW))
                && first.phase() != Phase.FAILED);

    List<Finding> findings = findings(way.seen(), at(way.seen(), Optional.of(first), soon), soon);

    assertThat(findings.isEmpty()).isEqualTo(isSlow || way.problem().isEmpty());
  }

  @Test
  void everyReasonInTheRulesIsInTheTable() throws IOException {
    Set<String> inTable = ways().map(Way::reason).collect(Collectors.toCollection(TreeSet::new));
    Set<String> inRules = new TreeSet<>();
    try (Stream<Path> files = Files.list(RULES)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Rules.java")).toList()) {
        REASON
            .matcher(Files.readString(file))
            .results()
            .forEach(reason -> inRules.add(reason.group(1)));
      }
    }
    inRules.add(PhaseStatus.NOT_YET_SEEN);
    // Compared with what Argo CD says, and no reason.
    inRules.remove("Unknown");

    assertThat(inRules).hasSizeGreaterThan(25);
    assertThat(inTable).containsAll(inRules);
  }

  /** Whatever the four sources say together. */
  @Test
  void noCombinationWaitsForEver(TestReporter reporter) {
    Set<String> ways = ConcurrentHashMap.newKeySet();
    int combinations =
        AllObservations.gits().parallelStream()
            .mapToInt(git -> AllObservations.forEach(git, seen -> ways.add(requireAnEnd(seen))))
            .sum();

    reporter.publishEntry("combinations", String.valueOf(combinations));
    assertThat(combinations).isGreaterThanOrEqualTo(2_449_216);
    assertThat(ways).hasSizeGreaterThan(25);
  }

  private static String requireAnEnd(Observation seen) {
    PhaseStatus first = at(seen, Optional.empty(), NOW);
    PhaseStatus last = at(seen, Optional.of(first), LATE);
    if (findings(seen, last, LATE).isEmpty() && !ENDS.contains(last.reason())) {
      throw new AssertionError("%s is %s for ever".formatted(seen, last));
    }
    return last.phase() + last.reason();
  }

  /** As {@code StatusDerivation} does it, a moment after a change that time alone has made. */
  private static PhaseStatus at(Observation seen, Optional<PhaseStatus> before, Instant now) {
    Optional<PhaseStatus> known = before;
    for (Instant time : List.of(NOW.plus(PATIENCE), now)) {
      if (before.isPresent() && !time.isAfter(now)) {
        known = Optional.of(derive(seen, known, time));
      }
    }
    return known.isPresent() ? known.get() : derive(seen, known, now);
  }

  private static PhaseStatus derive(Observation seen, Optional<PhaseStatus> before, Instant now) {
    Deadlines deadlines = deadlines(now);
    return PhaseRules.derive(seen.settled(deadlines), before, deadlines);
  }

  private static List<Finding> findings(Observation seen, PhaseStatus status, Instant now) {
    Deadlines deadlines = deadlines(now);
    return DiagnosisRules.of(seen.settled(deadlines), status, CONTEXT, deadlines);
  }

  private static Deadlines deadlines(Instant now) {
    return new Deadlines(now, PATIENCE, LONG_PATIENCE);
  }

  private static Observed<ArgoApplication> retrying(String sync) {
    ArgoApplication running = application(sync, "Healthy", "Running", NOW, List.of(), false);
    return seen(
        new ArgoApplication(
            running.metadata(),
            running.sync(),
            running.health(),
            running.healthMessage(),
            running.revision(),
            running.operation(),
            "the server is away. Retrying attempt #2 at 8:01AM.",
            running.operationRevision(),
            Optional.of(EARLIER),
            running.reconciledAt(),
            running.errors()));
  }

  private static ObservationFixture unreadableKro() {
    return running().kro(unreadable(ObservationFixture.ACTIVE)).ray(READY);
  }

  private static Observed<KroInstance> broken(String message) {
    return kro(
        "ERROR",
        1,
        1,
        condition("InstanceManaged", "False", "ManagementFailed", message),
        ready("False", "NotReady"));
  }

  private static ObservationFixture suspended() {
    KroInstance held = instance("IN_PROGRESS", 1, 1, false, ready("False", "NotReady"));
    return running()
        .kro(
            seen(
                new KroInstance(
                    held.metadata(),
                    held.targetNamespace(),
                    held.host(),
                    held.ingressClass(),
                    held.tracked(),
                    held.missingSecrets(),
                    true,
                    held.state(),
                    held.conditions(),
                    held.spec())));
  }

  /** The API server does not tell when the spec was changed. */
  private static Observed<KubeRayService> silent(Observed<KubeRayService> rayService) {
    return rayService.map(ray ->
        new KubeRayService(
            ray.metadata(),
            ray.observedGeneration(),
            Optional.empty(),
            ray.endpoints(),
            ray.conditions(),
            ray.active(),
            ray.pending()));
  }

  private static Observation withWorkers(Observation seen) {
    ObjectMetadata metadata =
        new ObjectMetadata(
            "ray-system",
            "one",
            "c1",
            "7",
            1,
            Optional.of(EARLIER),
            Optional.empty(),
            Optional.empty(),
            List.of());
    return new Observation(
        seen.id(),
        seen.git(),
        seen.argoCd(),
        seen.kro(),
        seen.kubeRay(),
        List.of(new RayClusterState(metadata, 2, 1, 1, "", List.of())),
        seen.pods());
  }
}
