package io.github.rayservice.scaffolder.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who is believed to be who, and who may write which namespace. */
@ConfigMapping(prefix = "scaffolder.access")
public interface AccessConfig {
  Backstage backstage();

  /** Callers that are no persons, each with a token of its own. */
  List<Token> tokens();

  /** Rights beyond those of a namespace's owner. */
  List<Grant> grants();

  /** A Backstage whose plugins call on behalf of persons. */
  interface Backstage {
    /** Address of its backend; without it no token of a Backstage is taken. */
    Optional<String> url();

    /** Whom the tokens are made for: the setting {@code rayService.baseUrl} of that Backstage. */
    Optional<String> audience();

    /** Ids of the plugins that may call. */
    @WithDefault("scaffolder,catalog")
    List<String> plugins();

    /** Whether somebody who has not signed in may call. */
    @WithDefault("false")
    boolean guests();

    /** How long the groups of a person are remembered. */
    @WithDefault("60s")
    Duration groupsFor();

    /** How long an answer of Backstage may take. */
    @WithDefault("5s")
    Duration timeout();
  }

  /** A static token. */
  interface Token {
    /** What its bearer is called in commits and in the audit log. */
    String subject();

    /** SHA-256 of the token, 64 hexadecimal digits: {@code printf %s "$TOKEN" | sha256sum}. */
    String sha256();

    /** Groups of its bearer. */
    Optional<List<String>> groups();

    /** Whether it may say that somebody else asked ({@code createdBy}). */
    @WithDefault("false")
    boolean namesOthers();
  }

  /** A right to write. */
  interface Grant {
    /** Entity reference of a group; {@code *} is everybody whose identity is proven. */
    String group();

    /** Teams' namespaces; a {@code *} stands for any characters. */
    List<String> namespaces();
  }
}
