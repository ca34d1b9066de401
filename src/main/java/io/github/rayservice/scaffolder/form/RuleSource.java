package io.github.rayservice.scaffolder.form;

import jakarta.validation.Payload;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/**
 * The system or policy that a rule comes from. The nested types are payloads of the constraints on
 * {@link RayServiceForm}.
 */
@Retention(RetentionPolicy.RUNTIME)
@interface RuleSource {
  String value();

  @RuleSource("Kubernetes DNS label (RFC 1123)")
  interface Dns1123Label extends Payload {}

  @RuleSource("Kubernetes DNS label (RFC 1035), which KubeRay requires for names of RayServices")
  interface Dns1035Label extends Payload {}

  @RuleSource("Kubernetes DNS subdomain (RFC 1123)")
  interface Dns1123Subdomain extends Payload {}

  @RuleSource(
      "KubeRay: the name of a RayService has at most 47 characters, so that its Services' names fit in 63")
  interface KubeRayName extends Payload {}

  @RuleSource("Kubernetes quantity")
  interface KubernetesQuantity extends Payload {}

  @RuleSource("Ray: a remote working_dir is an https URL that ends in .zip")
  interface RayWorkingDir extends Payload {}

  @RuleSource("Ray Serve import path")
  interface ServeImportPath extends Payload {}

  @RuleSource("OCI image reference")
  interface ImageReference extends Payload {}

  @RuleSource("GitLab user name")
  interface GitLabUser extends Payload {}

  @RuleSource("kro: a required field of the RayService resource graph")
  interface KroRequired extends Payload {}

  @RuleSource("policy of this platform")
  interface OurPolicy extends Payload {}
}
