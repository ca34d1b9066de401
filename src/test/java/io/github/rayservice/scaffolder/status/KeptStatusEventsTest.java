package io.github.rayservice.scaffolder.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.phase.Source;
import io.smallrye.mutiny.Multi;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is kept of the changes of a model that writes a lot. */
class KeptStatusEventsTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");
  private static final int QUARTER = StatusEventLog.KEPT_TEXT / 4;

  private final StatusEventLog log = new StatusEventLog(Runnable::run);

  private RayServiceStatus put(int characters) {
    PhaseStatus phase =
        new PhaseStatus(Phase.FAILED, "DeployFailed", "", Instant.EPOCH, Source.KRO, List.of());
    Finding finding =
        new Finding(Problem.ENTRY_POINT, "", List.of(), "", Optional.of("x".repeat(characters)));
    RayServiceStatus status =
        new RayServiceStatus(ID, DesiredState.NOTHING, phase, List.of(finding), List.of());
    log.put(status);
    return status;
  }

  /** The kinds of the events that a subscriber gets at once. */
  private List<String> after(Optional<String> position) {
    List<String> kinds = new ArrayList<>();
    Multi.createFrom()
        .publisher(log.after(position, id -> true))
        .subscribe()
        .with(event -> kinds.add(event.getClass().getSimpleName()))
        .cancel();
    return kinds;
  }

  private Optional<String> position() {
    List<String> positions = new ArrayList<>();
    Multi.createFrom()
        .publisher(log.after(Optional.empty(), id -> true))
        .subscribe()
        .with(event -> {
          if (event instanceof StatusEvent.Complete complete) {
            positions.add(complete.position());
          }
        })
        .cancel();
    return Optional.of(positions.getFirst());
  }

  @Test
  void theLastChangesAreKeptUpToALengthOfTheirTexts() {
    put(0);
    Optional<String> position = position();
    for (int i = 0; i < 4; i++) {
      put(QUARTER);
    }
    assertThat(after(position)).containsOnly("Updated").hasSize(4);

    put(1);

    assertThat(after(position)).containsExactly("Reset", "Updated", "Complete");
  }

  @Test
  void whatIsNotKeptTakesNoMemory() {
    List<WeakReference<RayServiceStatus>> old = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      old.add(new WeakReference<>(put(QUARTER)));
    }

    put(StatusEventLog.KEPT_TEXT);

    await()
        .until(() -> {
          System.gc();
          return old.stream().allMatch(status -> status.refersTo(null));
        });
  }

  @Test
  void oneThatIsLongerThanAllThatIsKeptArrives() {
    put(0);
    Optional<String> position = position();

    put(2 * StatusEventLog.KEPT_TEXT);

    assertThat(after(position)).containsExactly("Updated");
    assertThat(after(Optional.empty())).containsExactly("Reset", "Updated", "Complete");
  }
}
