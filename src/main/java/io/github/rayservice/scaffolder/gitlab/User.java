package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Somebody who is known to GitLab. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record User(long id, String username) {}
