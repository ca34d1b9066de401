package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Whom the platform wants to see each merge request; GitLab knows them by number. */
class UserLookup {
  private static final Logger LOG = Logger.getLogger(UserLookup.class);

  private final GitlabClient gitlab;
  private final GitlabConfig config;
  private final Map<String, Long> numbers = new ConcurrentHashMap<>();

  UserLookup(GitlabClient gitlab, GitlabConfig config) {
    this.gitlab = gitlab;
    this.config = config;
  }

  List<Long> reviewers() {
    return numbers("reviewers", config.reviewers().orElse(List.of()));
  }

  List<Long> assignees() {
    return numbers("assignee", config.assignee().map(List::of).orElse(List.of()));
  }

  private List<Long> numbers(String setting, List<String> names) {
    return names.stream().flatMap(name -> number(setting, name).stream()).toList();
  }

  /** A name that is wrong must not keep people from proposing. */
  private Optional<Long> number(String setting, String name) {
    Long known = numbers.get(name);
    if (known == null) {
      Optional<User> user = gitlab.user(name);
      if (user.isEmpty()) {
        LOG.warnf("GitLab knows no user %s, whom scaffolder.gitlab.%s names", name, setting);
        return Optional.empty();
      }
      known = user.get().id();
      numbers.put(name, known);
    }
    return Optional.of(known);
  }
}
