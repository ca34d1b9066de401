package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The health checks in plain Lua, for states that are hard to produce in a cluster. Lua is
 * installed with the lab.
 */
@ClusterTest
@Order(2)
class HealthTest {
  private static final Path CHECKS = Path.of("k8s/platform/argocd/health");
  private static final String READY =
      "conditions = {{type='Ready', status='True', observedGeneration=1}}";
  private static final String WAITING =
      "conditions = {{type='Ready', status='False', observedGeneration=1, message='kro waits'}}";

  @BeforeAll
  static void luaIsThere(Lab lab) {
    assertThat(lab.kubeconfig()).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          Progressing | Waiting for kro to reconcile this Ray Service; is kro running, and is its ResourceGraphDefinition rayservice.kro.run active? |
          Healthy     | The model answers                | READY, rayClusterReady = true
          Progressing | Waiting for kro to reconcile the last change | conditions = {{type='Ready', status='True', observedGeneration=0}}, rayClusterReady = true
          Progressing | Waiting for the Ray cluster: RayService is initializing | WAITING, readyReason = 'Initializing', readyMessage = 'RayService is initializing'
          Progressing | Waiting for Ray Serve to load the application | WAITING, readyReason = 'Initializing', serveApplications = 'text=DEPLOYING'
          Degraded    | KubeRay: ValidationFailed: no such thing | WAITING, readyReason = 'ValidationFailed', readyMessage = 'no such thing'
          Degraded    | Serve application text is DEPLOY_FAILED: ValueError: bad | WAITING, serveApplications = 'text=DEPLOY_FAILED\\n  Traceback:\\n    line\\n  ValueError: bad'
          Degraded    | Serve application text is UNHEALTHY: gone | READY, rayClusterReady = true, serveApplications = 'text=UNHEALTHY\\n  gone'
          Degraded    | Serve application text is DEPLOY_FAILED: OSError: no weights | WAITING, serveApplications = 'text=DEPLOY_FAILED\\n  Failed to update the deployments.\\n  Traceback:\\n  OSError: no weights'
          Degraded    | Serve application text is DEPLOY_FAILED: OSError: no weights | READY, rayClusterReady = true, serveApplications = 'text=DEPLOY_FAILED\\n  Traceback:\\n  OSError: no weights\\ntext=RUNNING'
          Degraded    | Serve application my app is DEPLOY_FAILED: a=b | WAITING, serveApplications = 'other=RUNNING\\nmy app=DEPLOY_FAILED\\n  a=b'
          Degraded    | Serve application text is DEPLOY_FAILED: ERROR: No matching distribution | WAITING, serveApplications = 'text=DEPLOY_FAILED\\n  RuntimeEnvSetupError: Failed to set up runtime environment.\\n  ERROR: Could not find a version\\n  ERROR: No matching distribution\\n  The runtime env agent gives up.'
          Progressing | Waiting for Ray Serve to load the application: OSError: no weights | WAITING, readyReason = 'Initializing', serveApplications = 'text=DEPLOYING\\n  A waits.\\n  Traceback:\\n  OSError: no weights'
          Progressing | Waiting for Ray Serve to load the application: OSError: no weights | WAITING, readyReason = 'Initializing', serveApplications = 'a=DEPLOYING\\n  A waits.\\ntext=DEPLOYING\\n  Traceback:\\n  OSError: no weights\\nz=DEPLOYING\\n  Z waits.'
          Progressing | The model answers; Ray Serve deploys the application text: OSError: no weights | READY, rayClusterReady = true, serveApplications = 'text=DEPLOYING\\n  Traceback:\\n  OSError: no weights'
          Progressing | Waiting for Secrets in the namespace team with the label rayservice-scaffolder/use=true: a,b | WAITING, readyReason = 'Initializing', missingSecrets = 'a,b'
          Healthy     | The model answers                | READY, rayClusterReady = true, missingSecrets = 'a'
          Degraded    | Serve application text is UNHEALTHY: gone | WAITING, missingSecrets = 'a', serveApplications = 'text=UNHEALTHY\\n  gone'
          Progressing | kro tries again: kro waits | WAITING, state = 'ERROR'
          Degraded    | kro: it is denied | conditions = {{type='Ready', status='False', observedGeneration=1}, {type='ResourcesReady', status='False', message='it is denied'}}, state = 'ERROR'
          Progressing | kro tries again: latest issued graph revision 3 is pending | conditions = {{type='Ready', status='False', observedGeneration=1}, {type='GraphResolved', status='False', message='latest issued graph revision 3 is pending'}}, state = 'ERROR'
          Degraded    | kro: latest issued graph revision 3 failed | conditions = {{type='Ready', status='False', observedGeneration=1}, {type='GraphResolved', status='False', message='latest issued graph revision 3 failed'}}, state = 'ERROR'
          Progressing | kro tries again: forbidden: it is being terminated | conditions = {{type='Ready', status='False', observedGeneration=1}, {type='InstanceManaged', status='False', message='forbidden: it is being terminated'}}
          """)
  void ofKro(String health, String message, String status) throws Exception {
    assertThat(check("kro-rayservice.lua", status)).isEqualTo(health + "|" + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          Progressing | Waiting for KubeRay to reconcile this RayService; is its operator running? |
          Healthy     | fine   | observedGeneration = 1, conditions = {{type='Ready', status='True', message='fine'}}
          Healthy     | fine   | observedGeneration = 0, conditions = {{type='Ready', status='True', message='fine'}}
          Degraded    | KubeRay: ValidationFailed: no | observedGeneration = 0, conditions = {{type='Ready', status='False', reason='ValidationFailed', message='no'}}
          Suspended   | This RayService is suspended | conditions = {{type='Suspended', status='True'}}
          Degraded    | Serve application text is DEPLOY_FAILED: last | pendingServiceStatus = {applicationStatuses = {text = {status='DEPLOY_FAILED', message='first\\nlast\\n'}}}
          Progressing | Waiting for Ray Serve to load the application | observedGeneration = 1, conditions = {{type='Ready', status='False'}}, activeServiceStatus = {applicationStatuses = {text = {status='DEPLOYING'}}}
          Degraded    | Serve application text is DEPLOY_FAILED: OSError: no weights | pendingServiceStatus = {applicationStatuses = {text = {status='DEPLOY_FAILED', message='Failed to update the deployments', serveDeploymentStatuses = {A = {message='slow'}, B = {message='Traceback:\\nOSError: no weights'}}}}}
          Progressing | Waiting for Ray Serve to load the application: OSError: no weights | conditions = {{type='Ready', status='False'}}, pendingServiceStatus = {applicationStatuses = {text = {status='DEPLOYING', serveDeploymentStatuses = {A = {message='A waits.'}, B = {message='Traceback:\\nOSError: no weights'}, C = {message='C waits.'}}}}}
          Progressing | Waiting for Ray Serve to load the application: OSError: no weights | conditions = {{type='Ready', status='False'}}, pendingServiceStatus = {applicationStatuses = {a = {status='DEPLOYING', message='A waits.'}, ['my app'] = {status='DEPLOYING', message='Traceback:\\nOSError: no weights'}}}
          Progressing | The model answers; Ray Serve deploys the application my app: OSError: no weights | conditions = {{type='Ready', status='True', message='fine'}}, activeServiceStatus = {applicationStatuses = {['my app'] = {status='DEPLOYING', message='Traceback:\\nOSError: no weights'}}}
          Degraded    | Serve application text is DEPLOY_FAILED: OSError: no weights | conditions = {{type='Ready', status='True', message='fine'}}, pendingServiceStatus = {applicationStatuses = {text = {status='DEPLOY_FAILED', message='Traceback:\\nOSError: no weights'}}}, activeServiceStatus = {applicationStatuses = {text = {status='RUNNING'}}}
          Degraded    | Serve application text is DEPLOY_FAILED: ERROR: No matching distribution | pendingServiceStatus = {applicationStatuses = {text = {status='DEPLOY_FAILED', message='RuntimeEnvSetupError: Failed to set up runtime environment.\\nERROR: Could not find a version\\nERROR: No matching distribution\\nThe runtime env agent gives up.'}}}
          """)
  void ofKubeRay(String health, String message, String status) throws Exception {
    assertThat(check("ray-rayservice.lua", status)).isEqualTo(health + "|" + message);
  }

  /** A check that takes the square of a text's length would not end within the bound. */
  @ParameterizedTest
  @Timeout(60)
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          kro-rayservice.lua | WAITING, serveApplications = 'text=UNHEALTHY\\n a' .. string.rep(' ', 1000000) .. 'b'
          kro-rayservice.lua | WAITING, serveApplications = 'text=UNHEALTHY\\n' .. string.rep(' \\n', 1000000)
          kro-rayservice.lua | WAITING, serveApplications = 'text=UNHEALTHY\\n' .. string.rep('a=A', 500000) .. 'b'
          ray-rayservice.lua | pendingServiceStatus = {applicationStatuses = {text = {status='UNHEALTHY', message='a' .. string.rep(' ', 1000000) .. 'b'}}}
          ray-rayservice.lua | pendingServiceStatus = {applicationStatuses = {text = {status='UNHEALTHY', message=string.rep(' ', 1000000)}}}
          """)
  void aTextOfAMegabyteIsRead(String file, String status) throws Exception {
    assertThat(check(file, status))
        .startsWith("Degraded|Serve application text is UNHEALTHY: ")
        .hasSizeLessThan(2_000);
  }

  private static String check(String file, String status) throws IOException, InterruptedException {
    String fields =
        status == null ? "" : status.replace("READY", READY).replace("WAITING", WAITING);
    String program =
        "obj = {metadata = {generation = 1, namespace = 'team'}, spec = {namespace = 'target'}, status = {"
            + fields
            + "}}; local answer = dofile('"
            + CHECKS.resolve(file)
            + "'); io.write(answer.status, '|', answer.message)";
    Process lua = new ProcessBuilder("lua5.1", "-e", program).redirectErrorStream(true).start();
    String answer = new String(lua.getInputStream().readAllBytes(), UTF_8);
    lua.waitFor();
    return answer;
  }
}
