package io.github.rayservice.scaffolder.gitops.model;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** What went wrong, in words, where the exception's own message is only a path. */
public final class ErrorText {
  private ErrorText() {}

  public static String of(Throwable e) {
    if (e instanceof AccessDeniedException denied) {
      return "permission denied for " + denied.getFile();
    }
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return file.getClass().getSimpleName().replace("Exception", "") + ": " + file.getFile();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
