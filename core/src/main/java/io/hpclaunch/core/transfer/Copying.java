// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One copying of a tree, from what was found to what is there at its end. */
final class Copying {
  /** By then nobody is at work on an unfinished copy any more, whatever the hosts' clocks say. */
  private static final Duration ABANDONED = Duration.ofDays(7);

  private final Side from;
  private final Side to;
  private final boolean up;
  private final Tree tree;
  private final TreeFilter filter;
  private final CopyListener listener;
  private final Parallel parallel;
  private final Map<String, Entry> there = new HashMap<>();

  Copying(
      Side from,
      Side to,
      boolean up,
      Tree tree,
      TreeFilter filter,
      CopyListener listener,
      Parallel parallel) {
    this.from = from;
    this.to = to;
    this.up = up;
    this.tree = tree;
    this.filter = filter;
    this.listener = listener;
    this.parallel = parallel;
  }

  CopyResult run() throws IOException {
    lookThere();
    List<Entry> wanted = new ArrayList<>();
    long bytes = 0;
    for (Entry file : tree.files()) {
      if (isWanted(file)) {
        wanted.add(file);
        bytes += file.size();
      }
    }
    listener.planned(wanted.size(), bytes);
    try {
      Collection<Entry> folders = folders();
      makeFolders(folders);
      copyFiles(wanted);
      parallel.each(tree.links().entrySet(), link -> to.makeLink(link.getValue(), link.getKey()));
      finishFolders(folders);
    } finally {
      listener.ended();
    }
    return new CopyResult(
        wanted.size(), bytes, tree.files().size() - wanted.size(), tree.leftOut());
  }

  private boolean isWanted(Entry file) throws IOException {
    Entry old = there.get(file.path());
    if (old != null && !old.isFile() && old.kind() != FileStat.Kind.LINK) {
      throw to.occupied(file.path(), "a file");
    }
    return old == null || !old.looksLike(file);
  }

  /** What stands at the places that something goes to. */
  private void lookThere() throws IOException {
    Optional<Entry> top = TreeCopy.followed(to).look("");
    if (top.isEmpty()) {
      return;
    }
    there.put("", top.get());
    Set<String> ours = new HashSet<>();
    tree.folders().forEach(folder -> ours.add(folder.path()));
    List<Entry> level = List.of(top.get());
    while (!level.isEmpty()) {
      level = level.stream()
          .filter(each -> each.isFolder() && ours.contains(each.path()))
          .toList();
      List<Entry> below = new ArrayList<>();
      parallel.each(level, folder -> to.list(folder.path())).forEach(below::addAll);
      below.forEach(each -> there.put(each.path(), each));
      level = below;
    }
    clearAbandoned();
  }

  private void clearAbandoned() throws IOException {
    Instant before = Instant.now().minus(ABANDONED);
    for (Entry each : there.values()) {
      if (Tree.isUnfinished(each) && each.modified().isBefore(before)) {
        to.way().remove(to.absolute(each.path()));
      }
    }
  }

  /** Those to be made. */
  private Collection<Entry> folders() {
    if (filter.emptyFolders()) {
      return tree.folders();
    }
    Set<String> needed = new HashSet<>(Set.of(""));
    tree.files().forEach(file -> need(file.path(), needed));
    tree.links().keySet().forEach(link -> need(link, needed));
    return tree.folders().stream().filter(each -> needed.contains(each.path())).toList();
  }

  private static void need(String path, Set<String> needed) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (!needed.add(path.substring(0, slash))) {
        return;
      }
    }
  }

  /** Parents first. */
  private void makeFolders(Collection<Entry> folders) throws IOException {
    List<Entry> missing = new ArrayList<>();
    for (Entry folder : folders) {
      Entry old = there.get(folder.path());
      if (old == null) {
        missing.add(folder);
      } else if (!old.isFolder()) {
        throw to.occupied(folder.path(), "a folder");
      }
    }
    for (List<Entry> level : byDepth(missing, Comparator.naturalOrder())) {
      parallel.each(level, to::makeFolder);
    }
  }

  /** The deepest first: from then on one may be closed to us. The user's own top stays as it is. */
  private void finishFolders(Collection<Entry> folders) throws IOException {
    List<Entry> open = new ArrayList<>(folders);
    open.removeIf(folder -> folder.path().isEmpty() && there.containsKey(""));
    for (List<Entry> level : byDepth(open, Comparator.reverseOrder())) {
      parallel.each(level, to::finishFolder);
    }
  }

  private static Collection<List<Entry>> byDepth(List<Entry> some, Comparator<Integer> order) {
    return some.stream()
        .collect(groupingBy(Entry::depth, () -> new TreeMap<>(order), toList()))
        .values();
  }

  private void copyFiles(List<Entry> wanted) throws IOException {
    List<FileCopy> copies = new ArrayList<>(wanted.size());
    Map<String, String> names = new HashMap<>();
    for (Entry file : wanted) {
      String source = from.absolute(file.path());
      String target = to.absolute(file.path());
      copies.add(new FileCopy(
          LocalTransport.path(up ? source : target),
          up ? target : source,
          file.size(),
          file.modified(),
          file.mode()));
      names.put(up ? target : source, file.path());
    }
    CopyProgress progress = new Telling(listener, names);
    if (copies.isEmpty()) {
      return;
    }
    if (up) {
      to.way().putAll(copies, progress);
    } else {
      from.way().getAll(copies, progress);
    }
  }

  /** Tells the listener, one thread at a time. */
  private static final class Telling implements CopyProgress {
    private final CopyListener listener;
    private final Map<String, String> names;

    Telling(CopyListener listener, Map<String, String> names) {
      this.listener = listener;
      this.names = names;
    }

    @Override
    public synchronized void copied(FileCopy file, long bytes) {
      listener.copied(bytes);
    }

    @Override
    public synchronized void finished(FileCopy file) {
      listener.finished(names.getOrDefault(file.there(), ""));
    }
  }
}
