// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What of a tree is to be copied.
 *
 * @param folders those that were looked into, parents first, the top among them
 * @param files the files that are taken
 * @param links the links that are taken and stay within the tree, and where they lead
 * @param leftOut the paths of what cannot be copied
 */
record Tree(
    List<Entry> folders, List<Entry> files, Map<String, String> links, List<String> leftOut) {
  /** What a copy is called until it is whole. */
  private static final Pattern UNFINISHED =
      Pattern.compile("(.*/)?\\.hpc-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.(tmp|part)");

  /** Looks through a tree, a level at a time. */
  static Tree of(Side side, Entry top, TreeFilter filter, Parallel parallel) throws IOException {
    Tree tree =
        new Tree(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
    List<Entry> level = List.of(top);
    while (!level.isEmpty()) {
      tree.folders.addAll(level);
      List<Entry> below = new ArrayList<>();
      for (List<Entry> some : parallel.each(level, folder -> side.list(folder.path()))) {
        for (Entry each : some) {
          if (each.hasOddName()) {
            tree.leftOut.add(each.path());
          } else if (each.isFolder() && filter.enters(each.path())) {
            below.add(each);
          } else if (!each.isFolder() && !isUnfinished(each) && filter.takes(each.path())) {
            tree.take(each, side);
          }
        }
      }
      level = below;
    }
    return tree;
  }

  private void take(Entry each, Side side) throws IOException {
    switch (each.kind()) {
      case FILE -> files.add(each);
      case LINK -> {
        String text = side.readLink(each.path());
        if (SafeLink.staysWithin(each.path(), text)) {
          links.put(each.path(), text);
        } else {
          leftOut.add(each.path());
        }
      }
      default -> leftOut.add(each.path());
    }
  }

  static boolean isUnfinished(Entry entry) {
    return entry.isFile() && UNFINISHED.matcher(entry.path()).matches();
  }
}
