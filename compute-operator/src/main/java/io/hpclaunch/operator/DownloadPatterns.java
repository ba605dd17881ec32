// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.core.transfer.TreeFilter;
import java.util.List;

/**
 * What of a task's directory is collected. Each pattern is one of {@link FnmatchPattern}, matched
 * against a file's whole path relative to the directory, joined with {@code /}.
 *
 * <p>A file is taken when {@code include} is empty or one of it matches, and none of
 * {@code exclude} does. A folder is skipped, with all that is in it, when a pattern of
 * {@code exclude} equals its whole path letter by letter. Empty folders are made only when
 * {@code include} is empty.
 *
 * @param include what is wanted; empty for everything
 * @param exclude what is not wanted
 * @since 0.1
 */
public record DownloadPatterns(List<String> include, List<String> exclude) {
  /** Everything. */
  public static final DownloadPatterns ALL = new DownloadPatterns(List.of(), List.of());

  /** Copies the lists. */
  public DownloadPatterns {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  /**
   * The choice, as a copy of a tree asks for it. Folders in which nothing can be taken are not
   * walked.
   *
   * @return the filter
   */
  public TreeFilter filter() {
    return new Filter(
        include.stream().map(FnmatchPattern::of).toList(),
        exclude.stream().map(FnmatchPattern::of).toList(),
        exclude);
  }

  private record Filter(
      List<FnmatchPattern> include, List<FnmatchPattern> exclude, List<String> excludedFolders)
      implements TreeFilter {
    @Override
    public boolean enters(String folder) {
      if (excludedFolders.contains(folder)) {
        return false;
      }
      if (include.isEmpty()) {
        return true; // whatever is excluded, its folders are made
      }
      String below = folder + "/";
      return include.stream().anyMatch(pattern -> pattern.mayMatchBelow(below))
          && exclude.stream().noneMatch(pattern -> pattern.matchesAllBelow(below));
    }

    @Override
    public boolean takes(String file) {
      return (include.isEmpty() || include.stream().anyMatch(pattern -> pattern.matches(file)))
          && exclude.stream().noneMatch(pattern -> pattern.matches(file));
    }

    @Override
    public boolean emptyFolders() {
      return include.isEmpty();
    }
  }
}
