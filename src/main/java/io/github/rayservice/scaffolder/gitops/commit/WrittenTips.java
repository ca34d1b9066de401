package io.github.rayservice.scaffolder.gitops.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.index.Proposals;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import io.github.rayservice.scaffolder.gitops.object.TextFiles;
import io.github.rayservice.scaffolder.gitops.object.TreeEdit;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The tips that this service wrote, beside the Idempotency-Keys: {@code tips/<namespace>} has a
 * line {@code <name> <commit> <authorship> <proof>} for each proposal. It is written together with
 * the branches in one atomic step, so that a branch whose tip is here is this service's work, even
 * when its process was killed before it could open the merge request.
 */
public final class WrittenTips {
  private static final String DIRECTORY = "tips";

  private static final Pattern LINE =
      Pattern.compile(
          "(?<name>\\S+) (?<commit>[0-9a-f]{40}) (?<authorship>own|mixed) (?<proof>[0-9a-f]*)");

  private final EntryMac mac;

  public WrittenTips(EntryMac mac) {
    this.mac = mac;
  }

  /**
   * What was written to a branch.
   *
   * @param authorship never {@link Authorship#FOREIGN}
   */
  record Tip(ObjectId commit, Authorship authorship) {}

  /**
   * The tree with more tips. Of the namespaces that are written, the proposals that have no branch
   * any more are dropped.
   */
  ObjectId with(
      ObjectReader reader,
      ObjectInserter inserter,
      ObjectId root,
      Map<RayServiceId, Tip> written,
      Proposals proposals)
      throws IOException {
    Map<String, Map<String, Tip>> namespaces = new TreeMap<>();
    for (Map.Entry<RayServiceId, Tip> tip : written.entrySet()) {
      String namespace = tip.getKey().namespace();
      Map<String, Tip> names = namespaces.get(namespace);
      if (names == null) {
        names = tips(reader, root, namespace);
        names
            .keySet()
            .removeIf(name -> !proposals.tips().containsKey(new RayServiceId(namespace, name)));
        namespaces.put(namespace, names);
      }
      names.put(tip.getKey().name(), tip.getValue());
    }
    Map<String, byte[]> files = new TreeMap<>();
    namespaces.forEach((namespace, names) -> {
      StringBuilder lines = new StringBuilder();
      names.forEach(
          (name, tip) -> lines.append(line(new RayServiceId(namespace, name), tip)).append('\n'));
      files.put(namespace, lines.toString().getBytes(UTF_8));
    });
    return TreeEdit.replacing(reader, inserter).put(root, DIRECTORY, files);
  }

  private String line(RayServiceId id, Tip tip) {
    String line =
        String.join(
            " ", id.name(), tip.commit().name(), tip.authorship().name().toLowerCase(Locale.ROOT));
    return line + " " + mac.sign(signed(id.namespace(), line));
  }

  private static String signed(String namespace, String line) {
    return "tip " + namespace + "/" + line;
  }

  /**
   * Who wrote what is on the Ray Service's branch.
   *
   * @param root tree of the commit; the zero id for none
   * @param tip the branch's newest commit
   */
  public Authorship of(ObjectReader reader, ObjectId root, RayServiceId id, AnyObjectId tip)
      throws IOException {
    Tip known = tips(reader, root, id.namespace()).get(id.name());
    return known != null && known.commit().equals(tip) ? known.authorship() : Authorship.FOREIGN;
  }

  private Map<String, Tip> tips(ObjectReader reader, ObjectId root, String namespace)
      throws IOException {
    Map<String, Tip> tips = new TreeMap<>();
    if (root.equals(ObjectId.zeroId())) {
      return tips;
    }
    try (TreeWalk file = TreeWalk.forPath(reader, DIRECTORY + "/" + namespace, root)) {
      if (file != null) {
        TextFiles.text(reader, file.getObjectId(0), file.getFileMode(0))
            .ifPresent(text -> text.lines().forEach(line -> read(namespace, line, tips)));
      }
    }
    return tips;
  }

  private void read(String namespace, String line, Map<String, Tip> tips) {
    Matcher parts = LINE.matcher(line);
    if (parts.matches()
        && mac.proves(
            signed(namespace, line.substring(0, parts.start("proof") - 1)), parts.group("proof"))) {
      tips.put(
          parts.group("name"),
          new Tip(
              ObjectId.fromString(parts.group("commit")),
              Authorship.valueOf(parts.group("authorship").toUpperCase(Locale.ROOT))));
    }
  }
}
