package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What shall become of one Ray Service's directory, whatever else happens to the branch meanwhile.
 */
public sealed interface Change {
  RayServiceId id();

  /** First word of the commit message. */
  String verb();

  /**
   * The directory comes into being.
   *
   * @param files file name to text
   */
  record Create(
      RayServiceId id, Map<String, String> files, InstanceSummary summary, TeamPolicy policy)
      implements Change {
    public Create {
      files = Map.copyOf(files);
    }

    @Override
    public String verb() {
      return "Create";
    }
  }

  /**
   * The directory is there and its files change.
   *
   * @param edit from the files as they are to the files that change; others stay. It is called
   *     again when the branch has moved
   * @param ifMatch the version it must have, by {@link StoredRayService#version()}
   */
  record Update(RayServiceId id, Edit edit, Set<String> ifMatch, TeamPolicy policy)
      implements Change {
    public Update {
      ifMatch = Set.copyOf(ifMatch);
    }

    @Override
    public String verb() {
      return "Update";
    }
  }

  /** From what is there to what shall be. */
  @FunctionalInterface
  interface Edit {
    /**
     * Works out the files.
     *
     * @param accepted as the branch has it that Argo CD follows; empty when it does not
     */
    Edited apply(StoredRayService current, Optional<StoredRayService> accepted);
  }

  /**
   * What an edit leads to.
   *
   * @param files file name to text; files that are not named stay as they are
   */
  record Edited(Map<String, String> files, InstanceSummary summary) {
    public Edited {
      files = Map.copyOf(files);
    }
  }

  /**
   * The directory goes, with everything in it.
   *
   * @param ifMatch as for an update
   */
  record Delete(RayServiceId id, Set<String> ifMatch) implements Change {
    public Delete {
      ifMatch = Set.copyOf(ifMatch);
    }

    @Override
    public String verb() {
      return "Delete";
    }
  }
}
