package io.github.rayservice.scaffolder.gitops.model;

import java.util.List;
import java.util.Optional;

/**
 * What the index keeps of a Ray Service: enough to list it, and what it alone may hold.
 *
 * @param name {@code spec.name}
 * @param targetNamespace {@code spec.namespace}
 * @param host host of its endpoints
 * @param ownHost whether the host is for it alone
 * @param createdBy {@code spec.createdBy}
 * @param secrets names of the Secrets of its team's namespace that its pods get
 * @param demand what its pods ask for at most; empty when a person wrote no quantities into its
 *     file
 * @param monthlyCost what its hardware is estimated to cost, in words; empty when no price is known
 */
public record InstanceSummary(
    String name,
    String targetNamespace,
    String host,
    boolean ownHost,
    String createdBy,
    List<String> secrets,
    Optional<Demand> demand,
    Optional<String> monthlyCost) {
  public InstanceSummary {
    secrets = List.copyOf(secrets);
  }

  /** A Ray Service on a host for all, without Secrets, whose demand and cost are not known. */
  public InstanceSummary(String name, String targetNamespace, String host, String createdBy) {
    this(
        name,
        targetNamespace,
        host,
        false,
        createdBy,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** What it holds, beside its identity. */
  public List<Claim> claims() {
    return List.of(ownHost ? ownHostClaim() : sharedHostClaim(), pathClaim(), targetClaim());
  }

  /** What no other Ray Service may hold beside it. */
  public List<Claim> excluded() {
    return ownHost
        ? List.of(ownHostClaim(), sharedHostClaim(), pathClaim(), targetClaim())
        : List.of(ownHostClaim(), pathClaim(), targetClaim());
  }

  private Claim ownHostClaim() {
    return new Claim(Claim.Kind.OWN_HOST, host);
  }

  private Claim sharedHostClaim() {
    return new Claim(Claim.Kind.SHARED_HOST, host);
  }

  private Claim pathClaim() {
    return new Claim(Claim.Kind.URL_PATH, host + "/" + name);
  }

  private Claim targetClaim() {
    return new Claim(Claim.Kind.TARGET_NAMESPACE, targetNamespace);
  }
}
