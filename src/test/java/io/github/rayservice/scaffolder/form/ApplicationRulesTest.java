package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a form may say about the application and its workers. */
@Execution(ExecutionMode.CONCURRENT)
class ApplicationRulesTest {
  private final FormReader reader = FormFixture.reader();

  private static ObjectNode document(String spec) {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    try {
      document.withObject("/spec").setAll((ObjectNode) StrictYaml.read(spec));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(spec, e);
    }
    return document;
  }

  private RayServiceRequest read(String spec) {
    return reader.read(document(spec));
  }

  private List<Violation> violations(String spec) {
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document(spec)));
    assertThat(e).as(spec).isNotNull();
    return e.violations();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deployments: [{name: A, numReplicas: 1, autoscalingConfig: {maxReplicas: 2}}] | spec.deployments[0].numReplicas | must be absent beside autoscalingConfig",
        "deployments: [{name: A}, {name: A}] | spec.deployments[1].name | must not be there twice",
        "deployments: [{name: A}, {}] | spec.deployments[1].name | is required",
        "deployments: [{name: 'a#b'}] | spec.deployments[0].name | must be the name of a Serve deployment",
        "deployments: [{name: A, autoscalingConfig: {minReplicas: 3, maxReplicas: 2}}] | spec.deployments[0].autoscalingConfig.minReplicas | must be at most maxReplicas (2)",
        "deployments: [{name: A, autoscalingConfig: {maxReplicas: 2, initialReplicas: 3}}] | spec.deployments[0].autoscalingConfig.initialReplicas | must be between minReplicas and maxReplicas (1 to 2)",
        "deployments: [{name: A, autoscalingConfig: {targetOngoingRequests: 0}}] | spec.deployments[0].autoscalingConfig.targetOngoingRequests | must be at least 0.001",
        "deployments: [{name: A, autoscaling_config: {}}] | spec.deployments[0].autoscaling_config | is not a field; did you mean autoscalingConfig?",
        "deployments: [{name: A, rayActorOptions: {num_gpus: 1}}] | spec.deployments[0].rayActorOptions.num_gpus | is not a field; did you mean numGpus?",
        "deployments: [{name: A, rayActorOptions: {numCpus: '1'}}] | spec.deployments[0].rayActorOptions.numCpus | must be a number between",
        "deployments: [{name: A, rayActorOptions: {memory: 1e999999999}}] | spec.deployments[0].rayActorOptions.memory | must be a number between",
        "deployments: [{name: A, maxQueuedRequests: -2}] | spec.deployments[0].maxQueuedRequests | must be at least -1",
        "deployments: [{name: A, maxQueuedRequests: 0}] | spec.deployments[0].maxQueuedRequests | must be -1, for any number, or at least 1",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_queued_requests: 0}]}]} | spec.serveConfig.applications[0].deployments[0].max_queued_requests | must be -1, for any number, or at least 1",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_queued_requests: -2}]}]} | spec.serveConfig.applications[0].deployments[0].max_queued_requests | must be -1, for any number, or at least 1",
        "deployments: {name: A} | spec.deployments | must be a list",
        "deployments: [A] | spec.deployments[0] | must be an object with fields",
        "runtimeEnv: {envVars: [{name: A, value: a}, {name: A, value: b}]} | spec.runtimeEnv.envVars[1].name | must not be there twice",
        "runtimeEnv: {envVars: [{name: A-B, value: a}]} | spec.runtimeEnv.envVars[0].name | must be the name of an environment variable",
        "runtimeEnv: {envVars: [{name: T, value: hf_abcdefghijklmnopqrstuvwx}]} | spec.runtimeEnv.envVars[0].value | looks like a secret",
        "runtimeEnv: {pip: ['--index-url https://x/simple']} | spec.runtimeEnv.pip[0] | must be one requirement of pip",
        "runtimeEnv: {pip: [torch, 'x @ https://user:pass@host/x.whl']} | spec.runtimeEnv.pip[1] | looks like a secret",
        "runtimeEnv: {pip: ['x@https://h/a.whl?private_token=abc']} | spec.runtimeEnv.pip[0] | must be one requirement of pip",
        "runtimeEnv: {pip: [\"x; python_version<'3' --foo\"]} | spec.runtimeEnv.pip[0] | must be one requirement of pip",
        "runtimeEnv: {pip: ['x; -r /etc/passwd']} | spec.runtimeEnv.pip[0] | must be one requirement of pip",
        "runtimeEnv: {pip: ['x==1 --hash=a']} | spec.runtimeEnv.pip[0] | must be one requirement of pip",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {pip: {packages: ['x@https://h/a.whl?private_token=abc']}}}]} | spec.serveConfig.applications[0].runtime_env.pip.packages[0] | must not contain a query",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {pip: ['--index-url https://ann:secret@h/simple']}}]} | spec.serveConfig.applications[0].runtime_env.pip[0] | looks like a secret",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {pip: ['--index-url https://secret@h/simple']}}]} | spec.serveConfig.applications[0].runtime_env.pip[0] | must not contain a user name",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {working_dir: 'https://h/a.zip?token=abc'}}]} | spec.serveConfig.applications[0].runtime_env.working_dir | must not contain a query",
        "runtimeEnv: {pip: [torch, 1]} | spec.runtimeEnv.pip[1] | must be text",
        "runtimeEnv: {pip: torch} | spec.runtimeEnv.pip | must be a list",
        "args: [1] | spec.args | must be an object, or such an object as YAML",
        "args: 'a: [1' | spec.args | must be an object, or such an object as YAML: ",
        "args: {a: {b: [1, null]}} | spec.args.a.b[1] | must not be null",
        "args: {a: 18446744073709551616} | spec.args.a | must be a whole number of at most 64 bits",
        "args: {token: hf_abcdefghijklmnopqrstuvwx} | spec.args.token | looks like a secret",
        "args: {hf_abcdefghijklmnopqrstuvwx: 1} | spec.args | looks like a secret",
        "serveConfig: {applications: [{import_path: 'a:b'}]}, args: {a: 1} | spec.args | must be absent beside serveConfig",
        "serveConfig: {applications: [{import_path: 'a:b'}]}, importPath: 'a:b' | spec.importPath | must be absent beside serveConfig",
        "serveConfig: {applications: [{import_path: 'a:b'}]}, rayServeFile: 'https://h/a.zip' | spec.rayServeFile | must be absent beside serveConfig",
        "serveConfig: {applications: [{import_path: 'a:b'}]}, rayServeFile: '' | spec.rayServeFile | must be absent beside serveConfig",
        "serveConfig: {applications: [{import_path: 'a:b'}]}, routePrefix: /x | spec.routePrefix | must be absent beside serveConfig",
        "serveConfig: {applications: [{import_path: 'a:b'}]}, runtimeEnv: {pip: [a]} | spec.runtimeEnv | must be absent beside serveConfig",
        "serveConfig: {applications: [{import_path: 'a:b'}]}, deployments: [{name: A}] | spec.deployments | must be absent beside serveConfig",
        "serveConfig: {applications: []} | spec.serveConfig.applications | must not be empty",
        "serveConfig: {} | spec.serveConfig | is not what Ray takes: required property 'applications' not found",
        "serveConfig: {applications: [{name: a}]} | spec.serveConfig.applications[0] | is not what Ray takes: required property 'import_path' not found",
        "serveConfig: {applications: [{import_path: 1}]} | spec.serveConfig.applications[0].import_path | is not what Ray takes: integer found, string expected",
        "serveConfig: {applications: [{import_path: a}]} | spec.serveConfig.applications[0].import_path | must be a Python module path",
        "serveConfig: {applications: [{import_path: 'a:b'}, {import_path: 'a:b', route_prefix: /x}]} | spec.serveConfig.applications[1].name | must not be empty",
        "serveConfig: {applications: [{name: x, import_path: 'a:b'}, {name: y, import_path: 'a:b'}]} | spec.serveConfig.applications[1].route_prefix | must not be that of another",
        "serveConfig: {applications: [{import_path: 'a:b', route_prefix: x}]} | spec.serveConfig.applications[0].route_prefix | must be a URL path",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replicas: 2, autoscaling_config: {max_replicas: 3}}]}]} | spec.serveConfig.applications[0].deployments[0].num_replicas | must be absent, or auto",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replicas: many}]}]} | spec.serveConfig.applications[0].deployments[0].num_replicas | must be a whole number, or auto",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_ongoing_requests: 0}]}]} | spec.serveConfig.applications[0].deployments[0].max_ongoing_requests | is not what Ray takes",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, autoscaling_config: {max_replicas: 0}}]}]} | spec.serveConfig.applications[0].deployments[0].autoscaling_config.max_replicas | is not what Ray takes: must have an exclusive minimum value of 0",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, autoscaling_config: {min_replicas: 3, max_replicas: 2}}]}]} | spec.serveConfig.applications[0].deployments[0].autoscaling_config.min_replicas | must be at most max_replicas (2)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_replicas_per_node: 2, placement_group_bundles: [{CPU: 1}]}]}]} | spec.serveConfig.applications[0].deployments[0].max_replicas_per_node | must be absent beside placement_group_bundles",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_replicas_per_node: 101}]}]} | spec.serveConfig.applications[0].deployments[0].max_replicas_per_node | must be 1 to 100",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_replicas_per_node: 2, gang_scheduling_config: {gang_size: 1}}]}]} | spec.serveConfig.applications[0].deployments[0].max_replicas_per_node | must be absent beside gang_scheduling_config",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, placement_group_strategy: PACK, gang_scheduling_config: {gang_size: 1}}]}]} | spec.serveConfig.applications[0].deployments[0].placement_group_strategy | must be absent beside gang_scheduling_config",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, gang_scheduling_config: {gang_size: 1, runtime_failure_policy: RESTART_REPLICA}}]}]} | spec.serveConfig.applications[0].deployments[0].gang_scheduling_config.runtime_failure_policy | must be RESTART_GANG",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replicas: 3, gang_scheduling_config: {gang_size: 2}}]}]} | spec.serveConfig.applications[0].deployments[0].num_replicas | must be a multiple of gang_scheduling_config.gang_size (2)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replicas: 3, gang_scheduling_config: {gang_size: 4294967296}}]}]} | spec.serveConfig.applications[0].deployments[0].num_replicas | must be a multiple of gang_scheduling_config.gang_size (4294967296)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replicas: 4294967297, gang_scheduling_config: {gang_size: 2}}]}]} | spec.serveConfig.applications[0].deployments[0].num_replicas | must be a multiple of gang_scheduling_config.gang_size (2)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, gang_scheduling_config: {gang_size: 0}}]}]} | spec.serveConfig.applications[0].deployments[0].gang_scheduling_config.gang_size | is not what Ray takes",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, autoscaling_config: {min_replicas: 4294967297, max_replicas: 4294967296}}]}]} | spec.serveConfig.applications[0].deployments[0].autoscaling_config.min_replicas | must be at most max_replicas (4294967296)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_replicas_per_node: 4294967297}]}]} | spec.serveConfig.applications[0].deployments[0].max_replicas_per_node | must be 1 to 100",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, max_queued_requests: -4294967297}]}]} | spec.serveConfig.applications[0].deployments[0].max_queued_requests | must be -1, for any number",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replicas: auto, autoscaling_config: {max_replicas: 3}, gang_scheduling_config: {gang_size: 2}}]}]} | spec.serveConfig.applications[0].deployments[0].autoscaling_config.max_replicas | must be a multiple of gang_scheduling_config.gang_size (2)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, placement_group_bundle_label_selector: [{a: b}]}]}]} | spec.serveConfig.applications[0].deployments[0].placement_group_bundle_label_selector | must be absent without placement_group_bundles",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, placement_group_bundles: [{CPU: 1}], placement_group_bundle_label_selector: [{a: b}, {a: c}]}]}]} | spec.serveConfig.applications[0].deployments[0].placement_group_bundle_label_selector | must have one item, or as many as placement_group_bundles (1)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, autoscaling_config: {min_replicas: 2, max_replicas: 4, initial_replicas: 1}}]}]} | spec.serveConfig.applications[0].deployments[0].autoscaling_config.initial_replicas | must be at least min_replicas (2)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, autoscaling_config: {max_replicas: 4, initial_replicas: 5}}]}]} | spec.serveConfig.applications[0].deployments[0].autoscaling_config.initial_replicas | must be at most max_replicas (4)",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, deployment_actors: [{name: a, actor_class: 'a:B'}, {name: a, actor_class: 'a:C'}]}]}]} | spec.serveConfig.applications[0].deployments[0].deployment_actors[1].name | must not be that of another actor",
        "serveConfig: {applications: [{import_path: 'a:b', external_scaler_enabled: true, deployments: [{name: A, num_replicas: auto}]}]} | spec.serveConfig.applications[0].deployments[0].autoscaling_config | must be absent, and num_replicas must be a number",
        "serveConfig: {applications: [{import_path: 'a:b', port: 8000}]} | spec.serveConfig.applications[0].port | must be absent: http_options says it",
        "serveConfig: {applications: [{import_path: 'a:b'}], target_capacity: 101} | spec.serveConfig.target_capacity | is not what Ray takes: must have a maximum value of 100",
        "serveConfig: {applications: [{import_path: 'a:b'}], proxy_location: Nowhere} | spec.serveConfig.proxy_location | is not what Ray takes",
        "serveConfig: {applications: [{import_path: 'a:b'}], http_options: {port: 80}} | spec.serveConfig.http_options.port | must be absent or 8000",
        "autoscaling: {minReplicas: 3, maxReplicas: 2} | spec.autoscaling.minReplicas | must be at most maxReplicas (2)",
        "autoscaling: {minReplicas: 3, maxReplicas: 4} | spec.replicas | must be between autoscaling.minReplicas and autoscaling.maxReplicas (3 to 4)",
        "autoscaling: {minReplicas: 1} | spec.autoscaling.maxReplicas | is required",
        "routePrefix: x | spec.routePrefix | must be a URL path",
        "routePrefix: /x/ | spec.routePrefix | must be a URL path",
        "rayServeFile: 's3://models/a.zip' | spec.rayServeFile | must be a URL of https",
      })
  void aBrokenRuleIsNamedWithItsField(String spec, String field, String rule) {
    assertThat(violations("{" + spec + "}"))
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.field()).isEqualTo(field);
          assertThat(violation.rule()).startsWith(rule);
          assertThat(violation.source()).isNotBlank();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch",
        "transformers<5",
        "ray[serve]==2.54.0",
        "a[b, c] >=1.0, !=1.2.*, <2",
        "torch ; python_version > '3.8'",
        "torch;python_version>='3.8' and  sys_platform == 'linux-gnu'",
        "x @ https://host/x-1.0-py3-none-any.whl ; python_version > '3.8'",
        "x @ https://host/x-1.0.tar.gz#sha256=abc",
        "x @ https://host/x-1.0-py3-none-any.whl",
        "x @ git+https://host/team/x.git@v1",
        "a.b_c-d~=1.0rc1"
      })
  void aRequirementOfPipIsTaken(String requirement) {
    RuntimeEnv env = read("{runtimeEnv: {pip: [\"" + requirement + "\"]}}").form().runtimeEnv();

    assertThat(env).isEqualTo(new RuntimeEnv(List.of(requirement), null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text-ml:app",
        "ray-operator.samples.ray-serve.text_ml:app",
        "ray.serve.llm:build_pd_openai_app",
        "a:b"
      })
  void whatImportlibTakesIsTaken(String path) {
    assertThat(read("{importPath: '" + path + "'}").form().importPath()).isEqualTo(path);
  }

  /** A text area of a form holds such an object as YAML. */
  @Test
  void aTextIsReadAsAnObject() {
    assertThat(read("{args: \"a: 1\\nb:\\n- two # second\\n\"}").form().args())
        .isEqualTo(read("{args: {a: 1, b: [two]}}").form().args());
    assertThat(read("{args: ''}").form().args()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: [1",
        "a: 1\na: 2",
        "a: &x 1\nb: *x",
        "a: 1\n---\nb: 2",
        "a:\u0007b",
        "hf_abcdefghijklmnopqrstuvwx: [",
        "- 1",
        "just a text"
      })
  void aTextThatIsNoObjectIsRejected(String text) {
    ObjectNode document = document("{}");
    document.withObject("/spec").put("args", text);

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations())
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.field()).isEqualTo("spec.args");
          assertThat(violation.rule()).startsWith("must be an object, or such an object as YAML");
          assertThat(violation.rule()).doesNotContain("\n").doesNotContain("hf_");
        });
  }

  /** Deeper than any parser goes, and as long as a body may be. */
  @Test
  void aTextOfBracketsIsRejected() {
    ObjectNode document = document("{}");
    document.withObject("/spec").put("args", "[".repeat(200_000));

    assertThat(
            catchThrowableOfType(InvalidFormException.class, () -> reader.read(document))
                .violations())
        .singleElement()
        .extracting(Violation::field)
        .isEqualTo("spec.args");
  }

  @Test
  void theExpressionSignOfKroIsTakenWhereOnlyTheApplicationReads() {
    assertThat(read("{args: {prompt: 'Hello ${name}'}}").form().args()).isNotNull();
  }

  @Test
  void aPlatformDecidesWhereZipsComeFrom() {
    FormReader strict =
        FormFixture.reader(
            Map.of(
                "scaffolder.form.serve-file-schemes", "s3",
                "scaffolder.form.serve-file-hosts", "models"));

    assertThat(strict.read(document("{rayServeFile: 's3://models/a.zip'}")).form().rayServeFile())
        .isEqualTo("s3://models/a.zip");
    assertThat(
            catchThrowableOfType(
                    InvalidFormException.class,
                    () -> strict.read(document("{rayServeFile: 's3://others/a.zip'}")))
                .violations())
        .singleElement()
        .extracting(Violation::rule)
        .isEqualTo("must be at one of the hosts models");
  }

  /** Ray names a file after the whole address. */
  @Test
  void anAddressHasAtMost255Characters() {
    String longest = "https://h/" + "a".repeat(241) + ".zip";

    assertThat(read("{rayServeFile: '" + longest + "'}").form().rayServeFile()).hasSize(255);
    assertThat(violations("{rayServeFile: '" + longest.replace("h/", "h/a") + "'}"))
        .singleElement()
        .extracting(Violation::rule)
        .isEqualTo("must have 0 to 255 characters");
  }

  @Test
  void anAddressInAServeConfigHasAtMost255Characters() {
    String spec = "{serveConfig: {applications: [{import_path: 'a:b', runtime_env: {%s}}]}}";
    String longest = "https://h/" + "a".repeat(241);

    assertThat(read(spec.formatted("working_dir: '" + longest + ".zip'")).warnings()).isEmpty();
    assertThat(read(spec.formatted("py_modules: ['" + longest + "a.whl']")).warnings()).isEmpty();
    assertThat(violations(spec.formatted("working_dir: '" + longest + "a.zip'")))
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.field())
              .isEqualTo("spec.serveConfig.applications[0].runtime_env.working_dir");
          assertThat(violation.rule()).isEqualTo("must have 0 to 255 characters");
        });
  }

  /** Wherever Ray is told to download something. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {working_dir: 'https://others/a.zip'}}]} | spec.serveConfig.applications[0].runtime_env.working_dir",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {py_modules: ['https://models/a.zip', 's3://models/a.zip']}}]} | spec.serveConfig.applications[0].runtime_env.py_modules[1]",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, ray_actor_options: {runtime_env: {working_dir: 'https://secret@models/a.zip'}}}]}]} | spec.serveConfig.applications[0].deployments[0].ray_actor_options.runtime_env.working_dir",
        "rayServeFile: '', args: {llm_configs: [{runtime_env: {working_dir: 'https://others/a.zip'}}]} | spec.args.llm_configs[0].runtime_env.working_dir",
        "{} | spec.rayServeFile",
        "rayServeFile: '', runtimeEnv: {pip: [torch, 'x @ https://models/x.whl', 'x @ git+https://others/x.git@v1']} | spec.runtimeEnv.pip[2]",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {pip: {packages: ['-i https://others/simple']}}}]} | spec.serveConfig.applications[0].runtime_env.pip.packages[0]",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {conda: {dependencies: [{pip: ['x @ git+ssh://git@others/x.git']}]}}}]} | spec.serveConfig.applications[0].runtime_env.conda.dependencies[0].pip[0]",
      })
  void aPlatformDecidesWhereEveryZipComesFrom(String spec, String field) {
    FormReader strict = FormFixture.reader(Map.of("scaffolder.form.serve-file-hosts", "models"));
    String yaml = spec.startsWith("{") ? spec : "{" + spec + "}";

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> strict.read(document(yaml)));

    assertThat(e.violations())
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.field()).isEqualTo(field);
          assertThat(String.valueOf(violation.value())).doesNotContain("secret");
        });
  }

  /** Neither a credential nor another host: what Ray takes there is not the form's business. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--extra-index-url https://${USER}:${PASSWORD}@h/simple",
        "x @ file:///opt/wheels/x.whl",
        "x @ git+ssh://git@h/x.git@v1",
        "/opt/wheels/x.whl"
      })
  void aServeConfigInstallsWhatPipTakes(String requirement) {
    assertThat(
            read("{serveConfig: {applications: [{import_path: 'a:b', runtime_env: {pip: ['%s']}}]}}"
                    .formatted(requirement))
                .warnings())
        .isEmpty();
  }

  /** The definition itself adds the packages, in its own words. */
  @Test
  void theDefinitionKnowsTheExampleThatTheWarningIsAbout() throws IOException {
    String definition = Files.readString(Path.of("k8s/platform/resource-graph-definition.yaml"));

    assertThat(definition)
        .contains(
            "rayServeFile == \"%s\" ? [\"torch\", \"transformers<5\"]"
                .formatted(RayServiceForm.EXAMPLE_ZIP));
  }

  @Test
  void theLabRunsTheDefaultRelease() throws Exception {
    assertThat(Path.of("src/test/cluster/image.sh"))
        .content()
        .contains("\nRAY_VERSION=" + read("{}").form().ray().version() + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: {worker: {memory: 1536Mi}} | spec.rayServeFile | is the example: its packages torch and transformers<5 are installed for it",
        "rayServeFile: 'https://github.com/acme/m/archive/refs/heads/main.zip' | spec.rayServeFile | is the address of a branch",
        "rayServeFile: 'https://gitlab.com/acme/m/-/raw/main/a.zip' | spec.rayServeFile | is the address of a branch",
        "rayServeFile: 'https://raw.githubusercontent.com/o/r/main/a.zip' | spec.rayServeFile | is the address of a branch (main)",
        "rayServeFile: 'https://raw.githubusercontent.com/o/r/refs/heads/1.4/a.zip' | spec.rayServeFile | is the address of a branch (1.4)",
        "rayServeFile: 'https://github.com/o/r/raw/dev/a/b.zip' | spec.rayServeFile | is the address of a branch (dev)",
        "rayServeFile: 'https://github.com/o/r/archive/better-model.zip' | spec.rayServeFile | is the address of a branch (better-model)",
        "rayServeFile: 'https://github.com/o/r/releases/latest/download/a.zip' | spec.rayServeFile | is the address of the latest release",
        "rayServeFile: 'https://huggingface.co/o/r/resolve/main/a.zip' | spec.rayServeFile | is the address of a branch (main)",
        "rayServeFile: 'https://huggingface.co/datasets/o/r/resolve/wip/a.zip' | spec.rayServeFile | is the address of a branch (wip)",
        "rayServeFile: 'https://gitlab.example.com/a/b/m/-/archive/wip/m-wip.zip' | spec.rayServeFile | is the address of a branch (wip)",
        "rayServeFile: 'https://bitbucket.org/o/r/get/master.zip' | spec.rayServeFile | is the address of a branch (master)",
        "rayServeFile: 'https://bitbucket.org/o/r/raw/wip/a.zip' | spec.rayServeFile | is the address of a branch (wip)",
        "rayServeFile: 'https://codeberg.org/o/r/raw/branch/wip/a.zip' | spec.rayServeFile | is the address of a branch (wip)",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {working_dir: 'https://github.com/o/r/raw/dev/a.zip'}}]} | spec.serveConfig.applications[0].runtime_env.working_dir | is the address of a branch (dev)",
        "serveConfig: {applications: [{import_path: 'a:b', runtime_env: {py_modules: ['https://github.com/o/r/blob/v1/a.zip']}}]} | spec.serveConfig.applications[0].runtime_env.py_modules[0] | is the page about a file",
        "rayServeFile: '', args: {a: {runtime_env: {working_dir: 'https://github.com/o/r/raw/dev/a.zip'}}} | spec.args.a.runtime_env.working_dir | is the address of a branch (dev)",
        "rayServeFile: 'https://github.com/acme/m/blob/v1/a.zip' | spec.rayServeFile | is the page about a file",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replica: 2}]}]} | spec.serveConfig.applications[0].deployments[0].num_replica | is not a field of Ray, which passes over it; did you mean num_replicas?",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, ray_actor_options: {num_gpu: 1}}]}]} | spec.serveConfig.applications[0].deployments[0].ray_actor_options.num_gpu | is not a field of Ray, which passes over it; did you mean num_gpus?",
        "serveConfig: {applications: [{import_path: 'a:b', autoscaling: {}}]} | spec.serveConfig.applications[0].autoscaling | is not a field of Ray, which passes over it",
        "serveConfig: {applications: [{import_path: 'a:b'}], http_options: {ports: 1}} | spec.serveConfig.http_options.ports | is not a field of Ray, which passes over it; did you mean port?",
        "rayServeFile: '', runtimeEnv: {pip: ['torch==2.9.1']} | spec.runtimeEnv.pip[0] | takes gigabytes and minutes",
        "rayServeFile: '', runtimeEnv: {pip: [vllm]} | spec.runtimeEnv.pip[0] | takes gigabytes and minutes",
        "rayServeFile: '', ray: {version: 2.54.0, image: 'registry.example.com/ml/ray:2.52.0-py311'} | spec.ray.image | has Ray 2.52.0, but ray.version is 2.54.0",
        "rayServeFile: '', resources: {worker: {gpu: 1}} | spec.ray.image | has no CUDA",
        "rayServeFile: '', ray: {image: 'DataScience/churn:1'} | spec.ray.image | has the registry datascience: names of groups are in lower case",
        "rayServeFile: '', resources: {worker: {cpu: 2Gi}} | spec.resources.worker.cpu | is 2147483648 cores, more than a node has",
        "rayServeFile: '', resources: {head: {cpu: '500'}} | spec.resources.head.cpu | is 500 cores, more than a node has",
        "rayServeFile: '', resources: {head: {cpu: '1e999'}} | spec.resources.head.cpu | is more than 10^20 cores",
        "rayServeFile: '', resources: {worker: {memory: '512'}} | spec.resources.worker.memory | is 512 bytes: write a unit of memory",
        "rayServeFile: '', resources: {head: {memory: 2k}} | spec.resources.head.memory | is 2000 bytes: write a unit of memory",
        "rayServeFile: '', resources: {worker: {memory: 512m}} | spec.resources.worker.memory | is less than one byte, because m means thousandths",
        "rayServeFile: '', resources: {worker: {memory: 2000m}} | spec.resources.worker.memory | is 2 bytes",
        "rayServeFile: '', resources: {head: {ephemeralStorage: '20'}} | spec.resources.head.ephemeralStorage | is 20 bytes: write a unit of storage, such as 512Mi or 2Gi",
        "rayServeFile: '', resources: {worker: {ephemeralStorage: 20m}} | spec.resources.worker.ephemeralStorage | is less than one byte, because m means thousandths: write a unit of storage",
        "rayServeFile: '', modelCache: {size: 1Gi} | spec.modelCache.size | is deleted together with the Ray Service: what only this volume holds is lost then",
        "rayServeFile: '', resources: {worker: {memory: 64M}} | spec.resources.worker.memory | is less than 512Mi",
        "rayServeFile: '', resources: {worker: {memory: 16Pi}} | spec.resources.worker.memory | is more than 32Ti",
      })
  void whatIsRarelyIntendedIsAWarning(String spec, String field, String rule) {
    String yaml = spec.startsWith("{") ? spec : "{" + spec + "}";

    assertThat(read(yaml).warnings())
        .singleElement()
        .satisfies(warning -> {
          assertThat(warning.field()).isEqualTo(field);
          assertThat(warning.rule()).startsWith(rule);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rayServeFile: 'https://github.com/acme/m/archive/refs/tags/v1.zip'",
        "rayServeFile: 'https://github.com/acme/m/archive/refs/tags/stable.zip'",
        "rayServeFile: 'https://github.com/acme/m/archive/v1.4.0.zip'",
        "rayServeFile: 'https://github.com/acme/m/releases/download/stable/a.zip'",
        "rayServeFile: 'https://raw.githubusercontent.com/o/r/9a0364b9e99bb480dd25e1f0284c8555b1d2c3d4/a.zip'",
        "rayServeFile: 'https://raw.githubusercontent.com/o/r/refs/tags/stable/a.zip'",
        "rayServeFile: 'https://gitlab.example.com/a/b/m/-/archive/v1.4.0/m-v1.4.0.zip'",
        "rayServeFile: 'https://gitlab.example.com/a/b/m/-/raw/churn-1.4/a.zip'",
        "rayServeFile: 'https://gitlab.example.com/api/v4/projects/1/packages/generic/churn/1.4.0/a.zip'",
        "rayServeFile: 'https://huggingface.co/o/r/resolve/9a0364b9/a.zip'",
        "rayServeFile: 'https://models.example.com/raw/models/a.zip'",
        "rayServeFile: '', runtimeEnv: {pip: [torch-geometric, torchvision]}",
        "rayServeFile: '', ray: {version: 2.54.0, image: 'registry.example.com/ml/ray-churn:1.4.0'}",
        "rayServeFile: '', ray: {version: 2.54.0, image: 'rayproject/ray:2.54.0-py311-cu128'}, resources: {worker: {gpu: 1}}",
        "serveConfig: {applications: [{import_path: 'a:b', args: {x: 1}, runtime_env: {y: 1}, deployments: [{name: A, user_config: {z: 1}, max_replicas_per_node: 1, ray_actor_options: {resources: {r: 1}}}]}]}",
        "serveConfig: {applications: [{import_path: 'a:b', deployments: [{name: A, num_replicas: 4, gang_scheduling_config: {gang_size: 2}, placement_group_bundles: [{CPU: 1}], placement_group_bundle_label_selector: [{a: b}]}]}]}",
        "rayServeFile: '', replicas: 0, autoscaling: {maxReplicas: 2}",
        "rayServeFile: '', resources: {head: {cpu: '0.5', memory: 512Mi}, worker: {cpu: '256', memory: 32Ti}}",
        "rayServeFile: '', resources: {worker: {memory: '2147483648'}}"
      })
  void whatIsIntendedIsNoWarning(String spec) {
    assertThat(read("{" + spec + "}").warnings()).isEmpty();
  }

  /** The seed's default resources stay, and its default example does not fit into them. */
  @Test
  void theDefaultsAreTooSmallForTheDefaultExample() {
    assertThat(read("{}").warnings())
        .extracting(Violation::field, Violation::rule)
        .containsExactly(
            tuple(
                "spec.rayServeFile",
                "is the example: its packages torch and transformers<5 are installed for it, 3 GB on each node"),
            tuple(
                "spec.resources.worker.memory",
                "may be too little for the example: it ran with 1536Mi for each of its models on a worker"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "head: {ephemeralStorage: 8Gi}, worker: {memory: 2Gi} | 2 | spec.resources.head.ephemeralStorage",
        "worker: {memory: 2Gi, ephemeralStorage: 1Gi} | 2 | spec.resources.worker.ephemeralStorage",
        "worker: {memory: 2Gi, ephemeralStorage: 1Gi} | 0 | spec.replicas",
        "worker: {memory: 2Gi, ephemeralStorage: 9Gi} | 2 |",
      })
  void theExamplesPackagesNeedDisk(String resources, int replicas, @Nullable String field) {
    assertThat(read("{replicas: %d, resources: {%s}}".formatted(replicas, resources)).warnings())
        .extracting(Violation::field)
        .filteredOn(warned -> !warned.equals("spec.rayServeFile"))
        .isEqualTo(field == null ? List.of() : List.of(field));
  }

  @Test
  void theExampleMayNameItsOwnPackages() {
    assertThat(read("{runtimeEnv: {pip: [torch, transformers<5]}}").warnings()).isEmpty();
  }

  @Test
  void aLongListOfPackagesIsAWarning() {
    String packages = "a, ".repeat(21);

    assertThat(read("{rayServeFile: '', runtimeEnv: {pip: [" + packages + "]}}").warnings())
        .singleElement()
        .extracting(Violation::rule)
        .asString()
        .startsWith("is long (21 packages)");
  }

  @Test
  void aServeConfigOfSeveralApplicationsIsTaken() {
    String config =
        """
        proxy_location: EveryNode
        http_options: {host: 0.0.0.0, port: 8000, request_timeout_s: 30}
        applications:
        - name: text
          route_prefix: /text
          import_path: text_ml.app
          runtime_env: {working_dir: "https://example.com/a.zip", pip: [transformers]}
          deployments:
          - {name: Translator, num_replicas: 2, ray_actor_options: {num_cpus: 0.2}}
          - {name: Summarizer, num_replicas: auto, autoscaling_config: {min_replicas: 1, max_replicas: 4}}
        - name: llm
          route_prefix: /llm
          import_path: ray.serve.llm:build_openai_app
          args: {llm_configs: [models/llm.yaml]}
        """;
    ObjectNode document = document("{ray: {image: " + LanguageModelForm.IMAGE + "}}");
    document.withObject("/spec").put("serveConfig", config);

    RayServiceRequest request = reader.read(document);

    assertThat(
            Objects.requireNonNull(request.form().serveConfig())
                .at("/applications/1/name")
                .asText())
        .isEqualTo("llm");
    assertThat(request.warnings()).isEmpty();
  }

  /** A form in Backstage sends the default of a field that nobody has touched. */
  @Test
  void theDefaultsBesideAServeConfigAreTaken() {
    String defaults =
        "rayServeFile: '%s', importPath: text_ml.app, routePrefix: /"
            .formatted(RayServiceForm.EXAMPLE_ZIP);

    assertThat(
            read("{serveConfig: {applications: [{import_path: 'a:b'}]}, " + defaults + "}")
                .form()
                .serveConfig())
        .isNotNull();
  }

  /** However many are wrong, an answer stays one that people read. */
  @Test
  void aFreeObjectHasAtMostTwentyViolations() {
    assertThat(violations("{args: {a: [" + "null, ".repeat(30_000) + "]}}")).hasSize(20);
    assertThat(violations("{args: " + "{a: ".repeat(100) + "1" + "}".repeat(100) + "}"))
        .singleElement()
        .extracting(Violation::rule)
        .isEqualTo("must be nested at most 32 deep");
  }
}
