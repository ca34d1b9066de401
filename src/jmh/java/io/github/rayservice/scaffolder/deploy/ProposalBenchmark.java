package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.ForeignClients;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * One new Ray Service among many as a merge request, in milliseconds: from the HTTP request to the
 * packaged service until its answer. The alternative is Backstage's {@code
 * publish:gitlab:merge-request} in a process that already runs, with the two files ready in its
 * workspace. It is measured as templates use it, and with {@code targetPath}, so that it lists no
 * other directory. Each ends with one branch, one commit of the same two files and one merge
 * request.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 5)
public class ProposalBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Param({"100", "10000"})
  public int services;

  private Path folder;
  private FakeGitlab gitlab;
  private ServiceProcess service;
  private ForeignClients.Publisher publisher;
  private ObjectNode document;
  private String directory;
  private Map<String, String> files;
  private int next;

  @Setup
  public void setUp() throws IOException {
    ForeignClients.installNode();
    folder = Files.createTempDirectory("proposal-benchmark");
    gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    RemoteBench.fill(gitlab.git(), services);
    service =
        ServiceProcess.start(
            Files.createDirectories(folder.resolve("service")),
            Map.of(
                "scaffolder.gitlab.url",
                gitlab.url(),
                "scaffolder.gitlab.project",
                FakeGitlab.PROJECT),
            Map.of("scaffolder.gitlab.token", FakeGitlab.TOKEN),
            List.of());
    publisher = new ForeignClients.Publisher(gitlab.url(), FakeGitlab.TOKEN);
  }

  @Setup(Level.Invocation)
  public void choose() {
    document = FormFixture.minimal(GitopsBench.namespace(0), "new-" + next++);
    // With createdBy, because the service would otherwise write the caller into the file.
    document.withObject("/spec").put("createdBy", "ml-team");
    ServiceUnderTest.Rendered rendered = ServiceUnderTest.render(document);
    directory = rendered.id().directory();
    files = rendered.files();
  }

  @Benchmark
  public Object service() {
    HttpResponse<String> answer =
        service.send("POST", "/api/v1/ray-services", document.toString()).join();
    require(answer.statusCode() == 201, answer.statusCode() + " " + answer.body());
    return answer;
  }

  @Benchmark
  public Object publishMergeRequest() throws IOException {
    ObjectNode input = input();
    ObjectNode workspace = input.putObject("files");
    files.forEach((name, text) -> workspace.put(directory + "/" + name, text));
    return publish(input);
  }

  @Benchmark
  public Object publishMergeRequestTargetPath() throws IOException {
    ObjectNode input = input().put("sourcePath", ".").put("targetPath", directory);
    ObjectNode workspace = input.putObject("files");
    files.forEach(workspace::put);
    return publish(input);
  }

  private ObjectNode input() {
    return JSON.createObjectNode()
        .put("owner", "platform")
        .put("repo", "gitops")
        .put("title", "Create Ray Service " + directory)
        .put("branchName", "backstage/" + directory)
        .put("removeSourceBranch", true);
  }

  private Object publish(ObjectNode input) throws IOException {
    String answer = publisher.publish(input.toString());
    require(JSON.readTree(answer).path("output").has("mergeRequestUrl"), answer);
    return answer;
  }

  private static void require(boolean fact, String otherwise) {
    if (!fact) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** Checks the result and then deletes it, outside the measured time. */
  @TearDown(Level.Invocation)
  public void takeAway() {
    int iid = gitlab.mergeRequests().size();
    String branch = gitlab.mergeRequests().getLast().path("source_branch").asText();
    GitCommand git = gitlab.git();
    for (Map.Entry<String, String> file : files.entrySet()) {
      String text = git.run("show", branch + ":" + directory + "/" + file.getKey());
      require(text.equals(file.getValue().stripTrailing()), branch + " holds " + text);
    }
    int changed = git.lines("diff", "--name-only", "main.." + branch).size();
    int commits = git.lines("rev-list", "main.." + branch).size();
    require(changed == files.size(), branch + " changes " + changed + " files");
    require(commits == 1, branch + " has " + commits + " commits");
    gitlab.close(iid);
    git.run("update-ref", "-d", "refs/heads/" + branch);
  }

  /** Prints how much of the service's time is Git and how much GitLab's API, warm-up included. */
  private void printParts() {
    service
        .send("GET", "/q/metrics", "")
        .join()
        .body()
        .lines()
        .filter(line ->
            line.matches(
                "(scaffolder_git_commit|http_(client|server)_requests)_seconds_(count|sum).*"))
        .forEach(System.out::println);
  }

  @TearDown
  public void tearDown() throws IOException {
    printParts();
    publisher.close();
    service.close();
    gitlab.close();
    ServiceUnderTest.remove(folder);
  }
}
