package io.github.rayservice.scaffolder.cluster;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/** One cluster for all tests of a run; it ends with the run. */
final class ClusterExtension implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Cluster.class || type == Lab.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Cluster cluster =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(ClusterExtension.class))
            .computeIfAbsent("cluster", key -> Cluster.start(), Cluster.class);
    if (parameter.getParameter().getType() == Cluster.class) {
      return cluster;
    }
    return cluster
        .lab()
        .orElseThrow(() -> {
          String reason =
              context.getDisplayName()
                  + " is skipped: it needs the web server, Git server and Argo CD of the lab,"
                  + " and -Dcluster.kubeconfig says to use another cluster";
          System.out.println(reason);
          return new TestAbortedException(reason);
        });
  }
}
