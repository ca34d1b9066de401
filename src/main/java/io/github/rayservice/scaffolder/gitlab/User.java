package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** A user of GitLab. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record User(long id, String username) {}
