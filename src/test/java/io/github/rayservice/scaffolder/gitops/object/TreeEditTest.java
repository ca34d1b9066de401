package io.github.rayservice.scaffolder.gitops.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is put and removed, the trees are those that Git's own index would write. */
class TreeEditTest {
  /** Names whose order differs between files and directories: '-' and '.' sort before '/'. */
  private static final List<String> NAMES =
      List.of("a", "a-b", "a.b", "a0", "ab", "b", "b-", "\u00e9", "z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anySequenceOfEditsEndsInGitsOwnTree(long seed) throws IOException {
    Random random = new Random(seed);
    try (Repository repository = repository();
        ObjectInserter inserter = repository.newObjectInserter();
        ObjectReader reader = inserter.newReader()) {
      TreeEdit edit = new TreeEdit(reader, inserter);
      TreeMap<String, String> model = new TreeMap<>();
      ObjectId root = edit.put(ObjectId.zeroId(), "", Map.of("README.md", "x".getBytes(UTF_8)));
      model.put("README.md", "x");
      for (int i = 0; i < 200; i++) {
        String directory = "top/" + pick(random) + "/" + pick(random);
        if (random.nextInt(3) > 0) {
          String name = pick(random) + ".txt";
          root = edit.put(root, directory, Map.of(name, ("text " + i).getBytes(UTF_8)));
          model.put(directory + "/" + name, "text " + i);
        } else if (model.keySet().stream().anyMatch(path -> path.startsWith(directory + "/"))) {
          root = edit.remove(root, directory);
          model.keySet().removeIf(path -> path.startsWith(directory + "/"));
        }
        assertThat(root).isEqualTo(index(model, inserter));
      }
      assertThat(model).hasSizeGreaterThan(10);
    }
  }

  private static String pick(Random random) {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private static ObjectId index(Map<String, String> files, ObjectInserter inserter)
      throws IOException {
    DirCache index = DirCache.newInCore();
    DirCacheBuilder builder = index.builder();
    for (Map.Entry<String, String> file : files.entrySet()) {
      DirCacheEntry entry = new DirCacheEntry(file.getKey());
      entry.setFileMode(FileMode.REGULAR_FILE);
      entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, file.getValue().getBytes(UTF_8)));
      builder.add(entry);
    }
    builder.finish();
    return index.writeTree(inserter);
  }

  @Test
  void theLastRemovalLeavesAnEmptyRoot() throws IOException {
    try (Repository repository = repository();
        ObjectInserter inserter = repository.newObjectInserter();
        ObjectReader reader = inserter.newReader()) {
      TreeEdit edit = new TreeEdit(reader, inserter);
      ObjectId root = edit.put(ObjectId.zeroId(), "a/b", Map.of("c", new byte[0]));

      assertThat(edit.remove(root, "a/b").name())
          .isEqualTo("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    }
  }

  private static Repository repository() {
    return new InMemoryRepository(new DfsRepositoryDescription("trees"));
  }
}
