package io.github.rayservice.scaffolder.gitops.model;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The GitOps repository. */
@ConfigMapping(prefix = "scaffolder.git")
public interface GitopsConfig {
  /** The embedded bare repository; the service makes it on its first start. */
  @WithDefault("data/gitops.git")
  Path directory();

  /** Copies of repositories on Git servers; one that is lost or broken is made again. */
  @WithDefault("data/mirrors")
  Path mirrors();

  /**
   * How old the refs of a Git server may be for a read; a write that was made from outdated refs
   * never goes through.
   */
  @WithDefault("5s")
  Duration staleness();

  /** How long a Git server may be silent. */
  @WithDefault("30s")
  Duration timeout();

  /**
   * Largest object that is taken from a Git server, uncompressed. A branch of a proposal that holds
   * a larger one is left out until it is gone; the accepted branch with one cannot be read.
   */
  @WithDefault("10M")
  MemorySize maxObjectSize();

  /**
   * Most that the copy of a repository on a Git server may take on the disk, a quarter of it for
   * what is accepted; packing it again takes the same once more for a moment. A branch for which
   * there is no room is left out, too.
   */
  @WithDefault("1G")
  MemorySize maxMirrorSize();

  Ssh ssh();

  /** Branch that Argo CD follows. */
  @WithDefault("main")
  String branch();

  /** Committer of every commit; its author is the person who asked. */
  Committer committer();

  /** How often a change is tried while others push first. */
  @WithDefault("10")
  int attempts();

  /** Longest random pause between two tries. */
  @WithDefault("200ms")
  Duration longestPause();

  /**
   * How many branches of proposals are read; the log and {@code scaffolder_git_unread} tell of
   * more, which hold nothing against others and take no requests.
   */
  @WithDefault("10000")
  int maxProposals();

  /** How many days an Idempotency-Key is remembered: {@code P7D} is seven. */
  @WithDefault("P7D")
  java.time.Period idempotencyRetention();

  /** For a repository with an SSH address. Nothing of this machine's own SSH set-up counts. */
  interface Ssh {
    /**
     * Private deploy key, OpenSSH or PEM, for a repository with an SSH address; the service reads
     * it again for each connection.
     */
    Optional<Path> keyFile();

    /** Opens that key where it is protected; set it by the environment, from a Secret. */
    Optional<String> passphrase();

    /** The server's host keys, in the format of {@code known_hosts}; no other server is trusted. */
    Optional<Path> knownHosts();
  }

  interface Committer {
    /** Committer of every commit; the author is who asked. */
    @WithDefault("rayservice-scaffolder")
    String name();

    /** Address of the committer. */
    @WithDefault("rayservice-scaffolder@users.noreply.localhost")
    String email();
  }
}
