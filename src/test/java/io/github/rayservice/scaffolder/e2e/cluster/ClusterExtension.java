package io.github.rayservice.scaffolder.e2e.cluster;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One cluster for all tests of a run, and one repository for its Argo CD. Tests with a {@link Lab}
 * parameter are skipped on another cluster.
 */
final class ClusterExtension implements ParameterResolver, ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (!Cluster.isGiven() || context.getElement().filter(ClusterExtension::needsLab).isEmpty()) {
      return ConditionEvaluationResult.enabled("what it needs is there");
    }
    String reason =
        context.getDisplayName()
            + " is skipped: it needs the web server, Git server and Argo CD of the lab,"
            + " and -Dcluster.kubeconfig says to use another cluster";
    System.out.println(reason);
    return ConditionEvaluationResult.disabled(reason);
  }

  private static boolean needsLab(AnnotatedElement element) {
    Stream<Method> methods =
        element instanceof Class<?> type
            ? Stream.of(type.getDeclaredMethods())
                .filter(m -> m.isAnnotationPresent(BeforeAll.class))
            : Stream.of(element).filter(Method.class::isInstance).map(Method.class::cast);
    return methods.anyMatch(m -> List.of(m.getParameterTypes()).contains(Lab.class));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return List.of(Cluster.class, Lab.class, ClusterGitRepository.class)
        .contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ExtensionContext.Store store =
        context.getRoot().getStore(ExtensionContext.Namespace.create(ClusterExtension.class));
    Cluster cluster = store.computeIfAbsent("cluster", key -> Cluster.start(), Cluster.class);
    Class<?> type = parameter.getParameter().getType();
    if (type == ClusterGitRepository.class) {
      return store.computeIfAbsent(
          "repository",
          key -> ClusterGitRepository.start(cluster, cluster.lab().orElseThrow()),
          ClusterGitRepository.class);
    }
    return type == Cluster.class ? cluster : cluster.lab().orElseThrow();
  }
}
