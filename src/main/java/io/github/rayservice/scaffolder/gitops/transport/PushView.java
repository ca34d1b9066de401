package io.github.rayservice.scaffolder.gitops.transport;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/**
 * A repository as a push reads it. To learn what the server lacks, JGit reads every tree of the
 * commit below the new ones, however large the repository is. Only the trees that the new commits
 * replace say something: what else is in them is on the server. So all other old trees look empty
 * here. They are never sent, because they are in a replaced tree.
 */
final class PushView extends ForwardingRepository {
  /** Others have moved the branch far; then JGit may as well look at everything. */
  private static final int FAR = 1_000;

  private final Repository whole;
  private @Nullable Set<ObjectId> trees;

  PushView(Repository whole) {
    super(whole);
    this.whole = whole;
  }

  /**
   * From now on shows only the trees that matter.
   *
   * @param tips what is pushed; zero ids are passed over
   * @param there what the server has
   */
  void narrow(Collection<ObjectId> tips, Collection<ObjectId> there) throws IOException {
    Set<ObjectId> matter = new HashSet<>();
    int commits = 0;
    try (RevWalk walk = new RevWalk(whole);
        TreeWalk difference = new TreeWalk(walk.getObjectReader())) {
      difference.setFilter(TreeFilter.ANY_DIFF);
      for (ObjectId tip : tips) {
        if (!tip.equals(ObjectId.zeroId())) {
          walk.markStart(walk.parseCommit(tip));
        }
      }
      for (ObjectId known : there) {
        if (whole.getObjectDatabase().has(known)
            && walk.parseAny(known) instanceof RevCommit commit) {
          walk.markUninteresting(commit);
        }
      }
      for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
        if (++commits > FAR) {
          return;
        }
        add(matter, walk, commit, difference);
      }
    }
    trees = matter;
  }

  private static void add(Set<ObjectId> matter, RevWalk walk, RevCommit commit, TreeWalk difference)
      throws IOException {
    difference.reset();
    difference.addTree(commit.getTree());
    matter.add(commit.getTree().copy());
    if (commit.getParentCount() == 0) {
      difference.addTree(new EmptyTreeIterator());
    } else {
      RevCommit parent = walk.parseCommit(commit.getParent(0));
      difference.addTree(parent.getTree());
      matter.add(parent.getTree().copy());
    }
    while (difference.next()) {
      for (int side = 0; side < 2; side++) {
        if (FileMode.TREE.equals(difference.getRawMode(side))) {
          matter.add(difference.getObjectId(side));
        }
      }
      if (difference.isSubtree()) {
        difference.enterSubtree();
      }
    }
  }

  @Override
  public ObjectReader newObjectReader() {
    Set<ObjectId> shown = trees;
    ObjectReader reader = whole.newObjectReader();
    return shown == null ? reader : new Narrowed(reader, shown);
  }

  private static final class Narrowed extends ObjectReader.Filter {
    private static final ObjectLoader EMPTY =
        new ObjectLoader.SmallObject(Constants.OBJ_TREE, new byte[0]);

    private final ObjectReader reader;
    private final Set<ObjectId> shown;

    Narrowed(ObjectReader reader, Set<ObjectId> shown) {
      this.reader = reader;
      this.shown = shown;
    }

    @Override
    protected ObjectReader delegate() {
      return reader;
    }

    @Override
    public ObjectReader newReader() {
      return new Narrowed(reader.newReader(), shown);
    }

    @Override
    public ObjectLoader open(AnyObjectId id, int type) throws IOException {
      return type == Constants.OBJ_TREE && !shown.contains(id) ? EMPTY : super.open(id, type);
    }
  }
}
