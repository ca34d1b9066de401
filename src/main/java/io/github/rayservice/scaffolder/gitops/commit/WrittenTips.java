package io.github.rayservice.scaffolder.gitops.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.index.Proposals;
import io.github.rayservice.scaffolder.gitops.object.TextFiles;
import io.github.rayservice.scaffolder.gitops.object.TreeEdit;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The tips that this service wrote, beside the Idempotency-Keys: {@code tips/<namespace>} has a
 * line {@code <name> <commit>} for each proposal. It is written together with the branches in one
 * atomic step, so that a branch whose tip is here is this service's work, even when its process was
 * killed before it could open the merge request.
 */
public final class WrittenTips {
  private static final String DIRECTORY = "tips";

  private WrittenTips() {}

  /**
   * The tree with more tips. Of the namespaces that are written, the proposals that have no branch
   * any more are dropped.
   */
  static ObjectId with(
      ObjectReader reader,
      ObjectInserter inserter,
      ObjectId root,
      Map<RayServiceId, ObjectId> written,
      Proposals proposals)
      throws IOException {
    Map<String, Map<String, String>> namespaces = new TreeMap<>();
    for (Map.Entry<RayServiceId, ObjectId> tip : written.entrySet()) {
      String namespace = tip.getKey().namespace();
      Map<String, String> names = namespaces.get(namespace);
      if (names == null) {
        names = tips(reader, root, namespace);
        names
            .keySet()
            .removeIf(name -> !proposals.tips().containsKey(new RayServiceId(namespace, name)));
        namespaces.put(namespace, names);
      }
      names.put(tip.getKey().name(), tip.getValue().name());
    }
    Map<String, byte[]> files = new TreeMap<>();
    namespaces.forEach((namespace, names) -> {
      StringBuilder lines = new StringBuilder();
      names.forEach((name, commit) -> lines.append(name).append(' ').append(commit).append('\n'));
      files.put(namespace, lines.toString().getBytes(UTF_8));
    });
    return new TreeEdit(reader, inserter).put(root, DIRECTORY, files);
  }

  /**
   * The tip that this service wrote last to the Ray Service's branch.
   *
   * @param root tree of the commit; the zero id for none
   */
  public static Optional<String> find(ObjectReader reader, ObjectId root, RayServiceId id)
      throws IOException {
    return Optional.ofNullable(tips(reader, root, id.namespace()).get(id.name()));
  }

  private static Map<String, String> tips(ObjectReader reader, ObjectId root, String namespace)
      throws IOException {
    Map<String, String> tips = new TreeMap<>();
    if (root.equals(ObjectId.zeroId())) {
      return tips;
    }
    try (TreeWalk file = TreeWalk.forPath(reader, DIRECTORY + "/" + namespace, root)) {
      if (file != null) {
        TextFiles.text(reader, file.getObjectId(0), file.getFileMode(0))
            .ifPresent(text -> text.lines().forEach(line -> read(line, tips)));
      }
    }
    return tips;
  }

  private static void read(String line, Map<String, String> tips) {
    int blank = line.indexOf(' ');
    if (blank > 0) {
      tips.put(line.substring(0, blank), line.substring(blank + 1));
    }
  }
}
