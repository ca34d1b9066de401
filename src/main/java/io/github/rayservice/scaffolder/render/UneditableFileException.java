package io.github.rayservice.scaffolder.render;

/**
 * A person edited a generated file so that the service cannot update it without losing the edit.
 */
public final class UneditableFileException extends RuntimeException {
  private final String file;

  UneditableFileException(String file, String reason) {
    super(file + " was edited by hand and " + reason);
    this.file = file;
  }

  /** The file's name, without its directory. */
  public String file() {
    return file;
  }
}
