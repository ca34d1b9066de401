package io.github.rayservice.scaffolder.gitops.model;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The GitOps repository. */
@ConfigMapping(prefix = "scaffolder.git")
public interface GitopsConfig {
  /** The embedded bare repository; made on first start. */
  @WithDefault("data/gitops.git")
  Path directory();

  /** Copies of repositories on Git servers; one that is lost is made again. */
  @WithDefault("data/mirrors")
  Path mirrors();

  /**
   * How old what is read from a Git server may be. No write goes through that was made from what is
   * old.
   */
  @WithDefault("5s")
  Duration staleness();

  /** How long a Git server may be silent. */
  @WithDefault("30s")
  Duration timeout();

  Ssh ssh();

  /** The branch that Argo CD follows. */
  @WithDefault("main")
  String branch();

  /** Committer of every commit; its author is the person who asked. */
  Committer committer();

  /**
   * How often a change is applied to a newer branch when another writer was faster. Writers of one
   * process queue up and never race, so each attempt is lost to another process.
   */
  @WithDefault("10")
  int attempts();

  /**
   * The longest pause before such an attempt; the real one is random, so that rivals do not meet
   * again.
   */
  @WithDefault("200ms")
  Duration longestPause();

  /** How long an Idempotency-Key is remembered, in whole days. */
  @WithDefault("P7D")
  java.time.Period idempotencyRetention();

  /** For a repository with an SSH address. Nothing of this machine's own SSH set-up counts. */
  interface Ssh {
    /** The private half of a deploy key, OpenSSH or PEM; read again for each connection. */
    Optional<Path> keyFile();

    /** Opens the key where it is protected. */
    Optional<String> passphrase();

    /** The server's host keys, in the format of {@code known_hosts}; no other server is trusted. */
    Optional<Path> knownHosts();
  }

  interface Committer {
    @WithDefault("rayservice-scaffolder")
    String name();

    @WithDefault("rayservice-scaffolder@users.noreply.localhost")
    String email();
  }
}
