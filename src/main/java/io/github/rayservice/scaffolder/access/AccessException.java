package io.github.rayservice.scaffolder.access;

/** A call that is not let in. Messages hold nothing of a token. */
public abstract sealed class AccessException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private AccessException(String message) {
    super(message);
  }

  /** Nothing proves who calls. */
  public static final class Unproven extends AccessException {
    private static final long serialVersionUID = 1;

    public Unproven(String message) {
      super(message);
    }
  }

  /** It is proven who calls, and that is not enough. */
  public static final class Forbidden extends AccessException {
    private static final long serialVersionUID = 1;

    Forbidden(String message) {
      super(message);
    }
  }

  /** What is needed to prove it cannot be read now. */
  public static final class Unavailable extends AccessException {
    private static final long serialVersionUID = 1;

    public Unavailable(String message) {
      super(message);
    }
  }
}
