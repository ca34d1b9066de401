package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.RayServiceId;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * A Ray Service as it stands on the branch.
 *
 * @param version changes with every change of any file in the directory: the name of its Git tree
 * @param files file name to text, sorted by name; files that are no UTF-8 text, larger than 1 MiB
 *     or in sub-directories are left out
 */
public record StoredRayService(RayServiceId id, String version, SortedMap<String, String> files) {

  static StoredRayService read(ObjectReader reader, IndexEntry entry) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (TreeWalk walk = new TreeWalk(reader)) {
      walk.addTree(ObjectId.fromString(entry.version()));
      while (walk.next()) {
        Optional<String> text =
            Index.text(walk.getObjectReader(), walk.getObjectId(0), walk.getFileMode(0));
        text.ifPresent(t -> files.put(walk.getPathString(), t));
      }
    }
    return new StoredRayService(entry.id(), entry.version(), files);
  }
}
