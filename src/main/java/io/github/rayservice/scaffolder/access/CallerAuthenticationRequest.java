package io.github.rayservice.scaffolder.access;

import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** A bearer token that may be a static token or one of a Backstage plugin. */
public final class CallerAuthenticationRequest extends BaseAuthenticationRequest {
  private final String token;

  public CallerAuthenticationRequest(String token) {
    this.token = token;
  }

  String token() {
    return token;
  }
}
