package io.github.rayservice.scaffolder.gitops.model;

import java.util.Optional;

/**
 * A repository on a Git server.
 *
 * @param url https or ssh address, without password
 * @param login for https; ssh has a key
 */
public record Remote(String url, Optional<Login> login) {
  /** What a server asks for; its text form keeps the password to itself. */
  public record Login(String user, String password) {
    @Override
    public String toString() {
      return user;
    }
  }
}
