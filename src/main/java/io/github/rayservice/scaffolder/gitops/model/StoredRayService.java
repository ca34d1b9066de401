package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Ray Service as a branch has it.
 *
 * @param version changes with every change of any file in the directory: the name of its Git tree
 * @param files file name to text, sorted by name; files that are no UTF-8 text, larger than 1 MiB
 *     or in sub-directories are left out
 */
public record StoredRayService(RayServiceId id, String version, SortedMap<String, String> files) {
  /** Path from the root of the repository to text. */
  public SortedMap<String, String> paths() {
    return paths(id, files);
  }

  /** The same of files that the Ray Service does not have yet. */
  public static SortedMap<String, String> paths(RayServiceId id, SortedMap<String, String> files) {
    SortedMap<String, String> paths = new TreeMap<>();
    files.forEach((name, text) -> paths.put(id.directory() + "/" + name, text));
    return paths;
  }
}
