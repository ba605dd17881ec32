// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.core.transfer.TreeFilter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DownloadPatternsTest {
  private static TreeFilter filter(List<String> include, List<String> exclude) {
    return new DownloadPatterns(include, exclude).filter();
  }

  @Test
  void withoutPatternsEverythingIsTaken() {
    TreeFilter all = DownloadPatterns.ALL.filter();
    assertThat(all.takes(".hidden/a")).isTrue();
    assertThat(all.enters("any/where")).isTrue();
    assertThat(all.emptyFolders()).isTrue();
  }

  @Test
  void excludeBeatsInclude() {
    TreeFilter filter = filter(List.of("*.json"), List.of("tmp/*"));
    assertThat(filter.takes("a/b.json")).isTrue();
    assertThat(filter.takes("tmp/b.json")).isFalse();
    assertThat(filter.takes("b.txt")).isFalse();
    assertThat(filter.emptyFolders()).isFalse();
  }

  @Test
  void aFolderIsSkippedByItsWholeLiteralPathOnly() {
    TreeFilter filter = filter(List.of(), List.of("tmp", "a*", "x/[y]"));
    assertThat(filter.enters("tmp")).isFalse();
    assertThat(filter.enters("b/tmp")).isTrue();
    assertThat(filter.enters("abc")).isTrue();
    assertThat(filter.enters("x/y")).isTrue();
    assertThat(filter.enters("x/[y]")).isFalse();
    assertThat(filter.takes("abc/file")).as("the pattern matches '/' too").isFalse();
  }

  @Test
  void foldersThatCannotHoldAMatchAreNotWalked() {
    TreeFilter filter = filter(List.of("out/*.json", "log?"), List.of("out/raw/*"));
    assertThat(filter.enters("out")).isTrue();
    assertThat(filter.enters("out/deep")).isTrue();
    assertThat(filter.enters("out/raw")).as("all in it is excluded").isFalse();
    assertThat(filter.enters("scratch")).isFalse();
    assertThat(filter.enters("outer")).isFalse();
  }

  @Test
  void withoutIncludeFoldersOfExcludedFilesAreStillMade() {
    assertThat(filter(List.of(), List.of("raw/*")).enters("raw")).isTrue();
  }
}
