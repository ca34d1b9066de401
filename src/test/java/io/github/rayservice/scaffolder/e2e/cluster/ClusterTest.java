package io.github.rayservice.scaffolder.e2e.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs on a real cluster with the platform's files, only in the profile cluster. Parameters of type
 * {@link Cluster} and {@link Lab} are injected. A class with a {@link Lab} parameter is skipped on
 * a cluster of -Dcluster.kubeconfig.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@interface ClusterTest {
  /**
   * Held by a class that creates the README's examples as they are: both name the namespace
   * ray-system, and two classes run at a time.
   */
  String README_EXAMPLES = "ray-system";
}
