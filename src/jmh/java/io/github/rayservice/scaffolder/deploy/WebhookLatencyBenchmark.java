package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the webhook of a merge to the event that says Accepted, among many Ray Services, in
 * milliseconds. The packaged service has its default settings. The alternative is what any reader
 * of Git has to do at least: {@code git fetch} in a clone, and to look the directory up.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 5)
public class WebhookLatencyBenchmark {
  @Param({"100", "10000"})
  public int services;

  private Path folder;
  private FakeGitlab gitlab;
  private ServiceProcess process;
  private GitCommand clone;
  private Iterator<String> events;
  private String name;
  private int next;

  @Setup
  public void setUp() throws IOException, InterruptedException {
    folder = Files.createTempDirectory("webhook-benchmark");
    gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    RemoteBench.fill(gitlab.git(), services);
    process =
        ServiceProcess.start(
            Files.createDirectories(folder.resolve("service")),
            Map.of(
                "scaffolder.gitlab.url",
                gitlab.url(),
                "scaffolder.gitlab.project",
                FakeGitlab.PROJECT),
            Map.of(
                "scaffolder.gitlab.token",
                FakeGitlab.TOKEN,
                "scaffolder.gitlab.webhook.secret-token",
                WebhookHeaders.SECRET_TOKEN),
            List.of());
    clone = gitlab.git().cloneInto(folder.resolve("clone"));
    events = process.follow("/api/v1/events").iterator();
    while (!events.next().equals("event:complete")) {}
  }

  /** Proposes one and merges it; no webhook is set up on GitLab, so nobody knows of the merge. */
  @Setup(Level.Invocation)
  public void merge() {
    name = "new-" + next++;
    ObjectNode document = FormFixture.minimal(GitopsBench.namespace(0), name);
    document.withObject("/spec").put("createdBy", "ml-team");
    HttpResponse<String> answer =
        process.send("POST", "/api/v1/ray-services", document.toString()).join();
    if (answer.statusCode() != 201) {
      throw new IllegalStateException(answer.body());
    }
    awaitEvent("Proposed");
    gitlab.merge(gitlab.mergeRequests().size());
  }

  @Benchmark
  public void service() {
    String body =
        """
        {"object_kind": "merge_request", "project": {"path_with_namespace": "%s"},
         "object_attributes": {"action": "merge", "source_branch": "rayservice/%s/%s", "target_branch": "main"}}
        """
            .formatted(FakeGitlab.PROJECT, GitopsBench.namespace(0), name);
    HttpResponse<String> answer =
        process
            .send("POST", "/webhooks/gitlab", body, "X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN)
            .join();
    if (answer.statusCode() != 204) {
      throw new IllegalStateException(answer.body());
    }
    awaitEvent("Accepted");
  }

  @Benchmark
  public String gitFetch() {
    clone.run("fetch", "-q", "origin", "main");
    return clone.run(
        "rev-parse", "FETCH_HEAD:rayservices/%s/%s".formatted(GitopsBench.namespace(0), name));
  }

  private void awaitEvent(String phase) {
    String line = events.next();
    while (!line.contains("\"name\":\"" + name + "\"")
        || !line.contains("\"phase\":\"" + phase + "\"")
        || (phase.equals("Accepted") && !line.contains("\"version\""))) {
      line = events.next();
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    process.close();
    gitlab.close();
    ServiceUnderTest.remove(folder);
  }
}
