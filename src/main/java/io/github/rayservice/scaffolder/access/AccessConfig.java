package io.github.rayservice.scaffolder.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.time.Instant;
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
    /** Address of a Backstage's backend whose tokens are taken. */
    Optional<String> url();

    /** Whom the tokens are made for: {@code rayService.baseUrl} of that Backstage. */
    Optional<String> audience();

    /** Plugins of that Backstage that may call. */
    @WithDefault("scaffolder,catalog")
    List<String> plugins();

    /** Let in somebody who has not signed in. */
    @WithDefault("false")
    boolean guests();

    /** How long a person's groups are remembered. */
    @WithDefault("60s")
    Duration groupsFor();

    /** How long an answer of Backstage may take. */
    @WithDefault("5s")
    Duration timeout();
  }

  /** A static token. */
  interface Token {
    /**
     * What the bearer of a static token is called: {@code ci} is {@code token:ci} in commits and
     * logs.
     */
    String subject();

    /**
     * SHA-256 of the token, which should be 32 random bytes, in 64 hexadecimal digits: {@code
     * printf %s "$TOKEN" | sha256sum}.
     */
    String sha256();

    /**
     * When the token ends, such as {@code 2027-06-30T00:00:00Z}; the log warns two weeks before.
     * Without it the token never ends.
     */
    Optional<Instant> expires();

    /** Groups of its bearer, separated by commas. */
    Optional<List<String>> groups();

    /** Whether it may say that somebody else asked. */
    @WithDefault("false")
    boolean namesOthers();

    /** Whether a grant to {@code *} is for this token, too. */
    @WithDefault("false")
    boolean writes();

    /** Whether it may send the notifications of Argo CD. */
    @WithDefault("false")
    boolean notifies();
  }

  /** What one caller may take of the service. */
  Limits limits();

  /** What one caller may take, so that the others are answered meanwhile. */
  interface Limits {
    /**
     * How many requests a caller may send in each second, on average; ten times as many at once
     * after a while of silence.
     */
    @WithDefault("300")
    int requestsPerSecond();

    /** How many requests of a caller are answered at a time. */
    @WithDefault("64")
    int requestsAtATime();

    /** How many streams of events a caller may follow at a time. */
    @WithDefault("200")
    int streams();
  }

  /** A right to write. */
  interface Grant {
    /**
     * A group that may write more than its own namespace; {@code *} is every person of Backstage
     * and of the OIDC issuer, and each static token with {@code writes}.
     */
    String group();

    /**
     * The namespaces that the group may write, separated by commas; {@code *} matches any
     * characters.
     */
    List<String> namespaces();
  }
}
