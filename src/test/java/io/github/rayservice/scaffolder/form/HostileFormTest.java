package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What a form costs that is as large as a body may be, whatever is in it. The CPU time of this
 * thread counts, not the clock, and the smaller of two tries.
 */
@Execution(ExecutionMode.CONCURRENT)
class HostileFormTest {
  private static final long SECOND = 1_000_000_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FormReader reader = FormFixture.reader();

  @Test
  void noFormCostsASecondOrAnAnswerOfItsOwnSize() {
    List<HostileForms.Case> cases = HostileForms.all().toList();

    assertThat(cases).hasSizeGreaterThan(5000).allSatisfy(this::isCheap);
  }

  private void isCheap(HostileForms.Case hostile) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long first = cost(hostile);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes)
        .as("allocated")
        .isLessThan(200L << 20);
    assertThat(first < SECOND ? first : Math.min(first, cost(hostile)))
        .as("nanoseconds")
        .isLessThan(SECOND);
  }

  private long cost(HostileForms.Case hostile) {
    long start = THREADS.getCurrentThreadCpuTime();
    try {
      reader.read(hostile.form());
    } catch (InvalidFormException e) {
      assertThat(e.violations()).hasSizeBetween(1, 101);
      assertThat(e.violations().toString()).hasSizeLessThan(64 << 10);
      assertThat(e.violations())
          .filteredOn(violation -> violation.value() != null)
          .extracting(Violation::value)
          .allSatisfy(value -> assertThat(value).hasSizeLessThan(900));
    }
    return THREADS.getCurrentThreadCpuTime() - start;
  }
}
