// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Copies trees of files between this machine and a host: what differs, each file under a temporary
 * name first, with its permissions and time. Whoever is interrupted calls it again, and it goes on
 * where it was.
 *
 * <p>Links are copied as links, and only those that stay within the tree; none is followed but one
 * that is named as the source itself. Nothing is removed from the target.
 */
public final class TreeCopy {
  private static final int NEW_PARENTS = 0755;
  private static final int MOST_LINKS = 40;

  private final Transport way;
  private final TreeFilter filter;
  private final CopyListener listener;

  private TreeCopy(Transport way, TreeFilter filter, CopyListener listener) {
    this.way = way;
    this.filter = filter;
    this.listener = listener;
  }

  /**
   * Copies everything, and tells nobody.
   *
   * @param way the way to the host, which stays the caller's to close
   * @return the means to copy
   */
  public static TreeCopy over(Transport way) {
    return new TreeCopy(way, TreeFilter.EVERYTHING, CopyListener.NONE);
  }

  /**
   * The same for a part of the tree.
   *
   * @param filter what is copied
   * @return the means to copy
   */
  public TreeCopy filter(TreeFilter filter) {
    return new TreeCopy(way, filter, listener);
  }

  /**
   * The same, with somebody who is told.
   *
   * @param listener told how far it has come
   * @return the means to copy
   */
  public TreeCopy progress(CopyListener listener) {
    return new TreeCopy(way, filter, listener);
  }

  /**
   * Copies a file, or a folder with what is in it, to the host.
   *
   * @param source the file or folder here
   * @param target the path there, which the copy is to have; missing parents are made
   * @return what was copied
   * @throws IOException when something could not be; what has its name there is whole
   */
  public CopyResult upload(Path source, String target) throws IOException {
    Side from =
        new Side(new LocalTransport(), source.toAbsolutePath().normalize().toString());
    return copy(from, new Side(way, target), true);
  }

  /**
   * Copies a file, or a folder with what is in it, from the host.
   *
   * @param source the path of the file or folder there
   * @param target the path here, which the copy is to have; missing parents are made
   * @return what was copied
   * @throws IOException when something could not be; what has its name here is whole
   */
  public CopyResult download(String source, Path target) throws IOException {
    Side to = new Side(new LocalTransport(), target.toAbsolutePath().normalize().toString());
    return copy(new Side(way, source), to, false);
  }

  private CopyResult copy(Side named, Side to, boolean up) throws IOException {
    Side from = followed(named);
    Entry top = from.look("").orElseThrow(() -> missing(from));
    makeParents(to);
    try (Parallel parallel = new Parallel("hpc-copy-tree")) {
      Tree tree;
      if (top.isFolder()) {
        tree = Tree.of(from, top, filter, parallel);
      } else if (top.isFile()) {
        tree = new Tree(List.of(), List.of(top), Map.of(), List.of());
      } else {
        throw new FileSystemException(from.top(), null, "it is no file and no folder");
      }
      return new Copying(from, to, up, tree, filter, listener, parallel).run();
    }
  }

  private static NoSuchFileException missing(Side side) {
    return new NoSuchFileException(
        side.top(), null, "no such file or folder on " + side.way().host());
  }

  /** A source may be named by a link to it. */
  static Side followed(Side named) throws IOException {
    Side side = named;
    for (int i = 0; i < MOST_LINKS; i++) {
      Optional<FileStat> there = side.way().stat(side.top());
      if (there.isEmpty() || there.get().kind() != FileStat.Kind.LINK) {
        return side;
      }
      String text = side.way().readLink(side.top());
      side = new Side(side.way(), text.startsWith("/") ? text : parent(side.top()) + "/" + text);
    }
    throw new FileSystemException(named.top(), null, "it leads through too many links");
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "" : path.substring(0, slash);
  }

  private static void makeParents(Side side) throws IOException {
    List<String> missing = new ArrayList<>();
    String folder = parent(side.top());
    while (!folder.isEmpty() && side.way().stat(folder).isEmpty()) {
      missing.add(folder);
      folder = parent(folder);
    }
    Collections.reverse(missing);
    for (String each : missing) {
      side.way().mkdir(each, NEW_PARENTS);
    }
  }
}
