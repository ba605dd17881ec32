// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;

/**
 * A tree on a host or on this machine: where its top stands, and what is done to what is in it.
 *
 * @param way the way to it
 * @param top the absolute path of its top
 */
record Side(Transport way, String top) {
  private static final int OURS = 0700;
  private static final int PERMISSIONS = 0777;

  String absolute(String path) {
    return path.isEmpty() ? top : top.endsWith("/") ? top + path : top + "/" + path;
  }

  Optional<Entry> look(String path) throws IOException {
    return way.stat(absolute(path)).map(facts -> Entry.of(path, facts));
  }

  /** What stands in a folder. A host is not believed in what cannot be a name. */
  List<Entry> list(String folder) throws IOException {
    String prefix = absolute(folder) + (absolute(folder).endsWith("/") ? "" : "/");
    List<FileStat> found = way.list(absolute(folder));
    for (FileStat each : found) {
      String name = each.path().substring(Math.min(prefix.length(), each.path().length()));
      if (!each.path().startsWith(prefix)
          || name.isEmpty()
          || name.equals(".")
          || name.equals("..")
          || name.indexOf('/') >= 0) {
        throw new IOException(
            way.host() + " lists '" + name + "' in " + absolute(folder) + ", which is no name");
      }
    }
    return found.stream()
        .map(each -> Entry.of(
            (folder.isEmpty() ? "" : folder + "/") + each.path().substring(prefix.length()), each))
        .toList();
  }

  /** Makes a folder that we can write to; one that is there stays. */
  boolean makeFolder(Entry folder) throws IOException {
    String path = absolute(folder.path());
    boolean made = way.mkdir(path, (folder.mode() & PERMISSIONS) | OURS);
    if (!made) {
      Optional<FileStat> there = way.stat(path);
      if (there.isPresent() && there.get().kind() != FileStat.Kind.FOLDER) {
        throw occupied(folder.path(), "a folder");
      }
    }
    return made;
  }

  /** Something else is in the way. */
  FileSystemException occupied(String path, String wanted) {
    return new FileSystemException(
        absolute(path),
        null,
        wanted + " is to stand there on " + way.host() + ", and something else does:"
            + " remove it");
  }

  Entry finishFolder(Entry folder) throws IOException {
    way.setAttributes(absolute(folder.path()), folder.mode() & PERMISSIONS, folder.modified());
    return folder;
  }

  String readLink(String path) throws IOException {
    return way.readLink(absolute(path));
  }

  /** Makes a link, in place of another one. */
  boolean makeLink(String text, String path) throws IOException {
    String link = absolute(path);
    Optional<FileStat> there = way.stat(link);
    if (there.isPresent() && there.get().kind() == FileStat.Kind.LINK) {
      if (way.readLink(link).equals(text)) {
        return false;
      }
      way.remove(link);
    } else if (there.isPresent()) {
      throw occupied(path, "a link");
    }
    way.makeLink(text, link);
    return true;
  }
}
