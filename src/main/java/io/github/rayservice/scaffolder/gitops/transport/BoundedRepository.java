package io.github.rayservice.scaffolder.gitops.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jgit.errors.TooLargePackException;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PackParser;

/**
 * A repository as a fetch fills it: JGit can limit what a server takes from a push, and not what a
 * client takes from a fetch. A pack beyond a limit is given up as soon as that shows, and nothing
 * of it is kept.
 */
final class BoundedRepository extends ForwardingRepository {
  private final Repository whole;
  private final long objectLimit;
  private final long packLimit;

  /**
   * Limits what is received.
   *
   * @param objectLimit largest object, uncompressed, in bytes
   * @param packLimit largest pack, which is what one fetch brings, compressed, in bytes
   */
  BoundedRepository(Repository whole, long objectLimit, long packLimit) {
    super(whole);
    this.whole = whole;
    this.objectLimit = objectLimit;
    this.packLimit = packLimit;
  }

  @Override
  public ObjectInserter newObjectInserter() {
    ObjectInserter inserter = whole.newObjectInserter();
    return new ObjectInserter.Filter() {
      @Override
      protected ObjectInserter delegate() {
        return inserter;
      }

      @Override
      public PackParser newPackParser(InputStream in) throws IOException {
        PackParser parser = super.newPackParser(new Bounded(in, packLimit));
        parser.setMaxObjectSizeLimit(objectLimit);
        return parser;
      }
    };
  }

  /** JGit's own takes its limit for the end of the stream where nothing is known to follow. */
  private static final class Bounded extends FilterInputStream {
    private final long limit;
    private long received;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      count(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      count(read);
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(bytes);
      count(skipped);
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void count(long bytes) throws TooLargePackException {
      received += Math.max(0, bytes);
      if (received > limit) {
        throw new TooLargePackException(limit);
      }
    }
  }
}
