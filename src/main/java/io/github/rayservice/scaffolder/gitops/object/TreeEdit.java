package io.github.rayservice.scaffolder.gitops.object;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.util.Paths;

/**
 * Rewrites the trees between the root and one directory, and no other: the cost does not grow with
 * the repository. JGit's own DirCache reads and writes every entry of every tree.
 */
public final class TreeEdit {
  private final ObjectReader reader;
  private final ObjectInserter inserter;
  private final boolean replaces;

  /** For trees that people write, too: what is in the way stays, and is an error. */
  public TreeEdit(ObjectReader reader, ObjectInserter inserter) {
    this(reader, inserter, false);
  }

  private TreeEdit(ObjectReader reader, ObjectInserter inserter, boolean replaces) {
    this.reader = reader;
    this.inserter = inserter;
    this.replaces = replaces;
  }

  /** For trees that are this service's alone: what others put in the way is replaced. */
  public static TreeEdit replacing(ObjectReader reader, ObjectInserter inserter) {
    return new TreeEdit(reader, inserter, true);
  }

  /**
   * Writes files into a directory, which is made where it is missing.
   *
   * @param root a tree, or the zero id for none
   * @param directory path from the root; empty for the root itself
   * @return the new root
   * @throws GitopsException.UnsafePath when a part of the path is no directory, or a file no plain
   *     file
   */
  public ObjectId put(ObjectId root, String directory, Map<String, byte[]> files)
      throws IOException {
    return descend(root, names(directory), 0, tree -> Optional.of(write(tree, directory, files)))
        .orElseThrow();
  }

  /**
   * Removes a directory with all that it holds, and each parent that it leaves empty but the root.
   */
  public ObjectId remove(ObjectId root, String directory) throws IOException {
    Optional<ObjectId> left = descend(root, names(directory), 0, tree -> Optional.empty());
    return left.isPresent() ? left.get() : inserter.insert(new TreeFormatter());
  }

  private static List<String> names(String directory) {
    return directory.isEmpty() ? List.of() : List.of(directory.split("/"));
  }

  private interface Leaf {
    Optional<ObjectId> edit(ObjectId tree) throws IOException;
  }

  private Optional<ObjectId> descend(ObjectId tree, List<String> path, int depth, Leaf leaf)
      throws IOException {
    if (depth == path.size()) {
      return leaf.edit(tree);
    }
    String name = path.get(depth);
    byte[] entries = read(tree);
    Entry child = find(entries, name);
    if (child.isPresent() && !FileMode.TREE.equals(child.mode().getBits())) {
      if (replaces) {
        child = Entry.NONE;
      } else {
        throw new GitopsException.UnsafePath(
            String.join("/", path.subList(0, depth + 1)), describe(child));
      }
    }
    Optional<ObjectId> replacement = descend(child.id(), path, depth + 1, leaf);
    return rewrite(
        entries,
        Map.of(name, replacement.map(id -> new Entry(FileMode.TREE, id)).orElse(Entry.NONE)));
  }

  private ObjectId write(ObjectId tree, String directory, Map<String, byte[]> files)
      throws IOException {
    byte[] entries = read(tree);
    Map<String, Entry> changes = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Entry old = find(entries, file.getKey());
      if (!replaces
          && old.isPresent()
          && (isLink(old) || old.mode().getObjectType() != Constants.OBJ_BLOB)) {
        throw new GitopsException.UnsafePath(directory + "/" + file.getKey(), describe(old));
      }
      changes.put(
          file.getKey(),
          new Entry(FileMode.REGULAR_FILE, inserter.insert(Constants.OBJ_BLOB, file.getValue())));
    }
    return rewrite(entries, changes).orElseThrow();
  }

  private static boolean isLink(Entry entry) {
    return FileMode.SYMLINK.equals(entry.mode().getBits());
  }

  private static String describe(Entry entry) {
    if (isLink(entry)) {
      return "a symbolic link";
    }
    return switch (entry.mode().getObjectType()) {
      case Constants.OBJ_TREE -> "a directory";
      case Constants.OBJ_COMMIT -> "a submodule";
      default -> "a file";
    };
  }

  private record Entry(FileMode mode, ObjectId id) {
    static final Entry NONE = new Entry(FileMode.MISSING, ObjectId.zeroId());

    boolean isPresent() {
      return !FileMode.MISSING.equals(mode.getBits());
    }
  }

  private static Entry find(byte[] tree, String name) {
    byte[] wanted = name.getBytes(UTF_8);
    for (CanonicalTreeParser entries = parse(tree); !entries.eof(); entries.next()) {
      if (isNamed(entries, wanted)) {
        return new Entry(entries.getEntryFileMode(), entries.getEntryObjectId());
      }
    }
    return Entry.NONE;
  }

  /** Without a String for each of thousands of entries. */
  private static boolean isNamed(CanonicalTreeParser entry, byte[] name) {
    return Arrays.equals(
        entry.getEntryPathBuffer(), 0, entry.getEntryPathLength(), name, 0, name.length);
  }

  /** Read once and gone through twice: a team's tree may have thousands of entries. */
  private byte[] read(ObjectId tree) throws IOException {
    return tree.equals(ObjectId.zeroId())
        ? new byte[0]
        : reader.open(tree, Constants.OBJ_TREE).getCachedBytes();
  }

  private static CanonicalTreeParser parse(byte[] tree) {
    CanonicalTreeParser parser = new CanonicalTreeParser();
    parser.reset(tree);
    return parser;
  }

  /** Empty when no entry is left. */
  private Optional<ObjectId> rewrite(byte[] tree, Map<String, Entry> changes) throws IOException {
    List<NewEntry> sorted =
        changes.entrySet().stream()
            .map(c -> new NewEntry(c.getKey(), c.getValue()))
            .sorted()
            .toList();
    Deque<NewEntry> pending = new ArrayDeque<>(sorted);
    TreeFormatter result = new TreeFormatter();
    int written = 0;
    for (CanonicalTreeParser entries = parse(tree); !entries.eof(); entries.next()) {
      if (isChanged(entries, sorted)) {
        continue;
      }
      while (!pending.isEmpty() && pending.element().isBefore(entries)) {
        written += pending.remove().append(result);
      }
      result.append(
          entries.getEntryPathBuffer(),
          0,
          entries.getEntryPathLength(),
          entries.getEntryFileMode(),
          entries.idBuffer(),
          entries.idOffset());
      written++;
    }
    for (NewEntry left : pending) {
      written += left.append(result);
    }
    return written == 0 ? Optional.empty() : Optional.of(inserter.insert(result));
  }

  private static boolean isChanged(CanonicalTreeParser entry, List<NewEntry> changes) {
    for (NewEntry change : changes) {
      if (isNamed(entry, change.name)) {
        return true;
      }
    }
    return false;
  }

  /** The new entry of a name. Git orders a directory as if its name ended in a slash. */
  private static final class NewEntry implements Comparable<NewEntry> {
    private final byte[] name;
    private final Entry entry;

    NewEntry(String name, Entry entry) {
      this.name = name.getBytes(UTF_8);
      this.entry = entry;
    }

    boolean isBefore(CanonicalTreeParser other) {
      return compare(
              other.getEntryPathBuffer(), other.getEntryPathLength(), other.getEntryRawMode())
          < 0;
    }

    @Override
    public int compareTo(NewEntry other) {
      return compare(other.name, other.name.length, other.entry.mode().getBits());
    }

    private int compare(byte[] other, int length, int mode) {
      return Paths.compare(name, 0, name.length, entry.mode().getBits(), other, 0, length, mode);
    }

    /** Returns how many entries that makes: none for a removal. */
    int append(TreeFormatter result) {
      if (!entry.isPresent()) {
        return 0;
      }
      result.append(name, 0, name.length, entry.mode(), entry.id());
      return 1;
    }
  }
}
