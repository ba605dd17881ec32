// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What Java says of a file here is often the path alone. */
final class CopyErrors {
  private CopyErrors() {}

  static String said(IOException error) {
    if (error instanceof FileSystemException file && file.getReason() == null) {
      String path = file.getFile();
      if (error instanceof NoSuchFileException) {
        return path + ": no such file or folder here";
      }
      if (error instanceof AccessDeniedException) {
        return path + ": no permission here";
      }
    }
    return String.valueOf(error.getMessage());
  }
}
