package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** A project; {@code id} is its number in GitLab. */
@JsonIgnoreProperties(ignoreUnknown = true)
record ProjectInfo(long id) {}
