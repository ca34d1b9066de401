package io.github.rayservice.scaffolder.gitops.object;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/** The text files of one directory. */
public final class TextFiles {
  /** An instance is a few kB; what is much larger is none, and is not loaded. */
  private static final int LARGEST = 1 << 20;

  private TextFiles() {}

  /**
   * The files of a directory, name to text; without those that are no UTF-8 text, larger than 1 MiB
   * or in sub-directories.
   *
   * @param directory name of its tree
   */
  public static SortedMap<String, String> in(ObjectReader reader, String directory)
      throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (TreeWalk walk = new TreeWalk(reader)) {
      walk.addTree(ObjectId.fromString(directory));
      while (walk.next()) {
        text(walk.getObjectReader(), walk.getObjectId(0), walk.getFileMode(0))
            .ifPresent(text -> files.put(walk.getPathString(), text));
      }
    }
    return files;
  }

  /** Empty for what is no plain file, larger than 1 MiB, or no UTF-8. */
  public static Optional<String> text(ObjectReader reader, ObjectId blob, FileMode mode)
      throws IOException {
    if (!FileMode.REGULAR_FILE.equals(mode.getBits())
        && !FileMode.EXECUTABLE_FILE.equals(mode.getBits())) {
      return Optional.empty();
    }
    try {
      ObjectLoader file = reader.open(blob);
      return file.getSize() > LARGEST
          ? Optional.empty()
          : Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(file.getBytes())).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
