package io.github.rayservice.scaffolder.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How callers authenticate, and which namespaces they may write. */
@ConfigMapping(prefix = "scaffolder.access")
public interface AccessConfig {
  Backstage backstage();

  /** Static tokens, for callers that are machines. */
  List<Token> tokens();

  /** Rights to write, besides those of a namespace's owner. */
  List<Grant> grants();

  /** A Backstage whose plugins call on behalf of users. */
  interface Backstage {
    /** URL of its backend; when absent, no token of a Backstage is accepted. */
    Optional<String> url();

    /** Audience of the tokens: the setting {@code rayService.baseUrl} of that Backstage. */
    Optional<String> audience();

    /** Ids of the plugins that may call. */
    @WithDefault("scaffolder,catalog")
    List<String> plugins();

    /** Whether Backstage's guest user may call. */
    @WithDefault("false")
    boolean guests();

    /** How long the groups of a user are cached. */
    @WithDefault("60s")
    Duration groupsFor();

    /** Timeout of a request to Backstage. */
    @WithDefault("5s")
    Duration timeout();
  }

  /** A static token. */
  interface Token {
    /** Name of the caller in commits and in the audit log. */
    String subject();

    /** SHA-256 of the token, 64 hexadecimal digits: {@code printf %s "$TOKEN" | sha256sum}. */
    String sha256();

    /** Groups of the caller. */
    Optional<List<String>> groups();

    /** Whether the caller may name another user in {@code createdBy}. */
    @WithDefault("false")
    boolean namesOthers();
  }

  /** A right to write. */
  interface Grant {
    /** Entity reference of a group; {@code *} is every authenticated caller. */
    String group();

    /** Teams' namespaces; a {@code *} matches any characters. */
    List<String> namespaces();
  }
}
