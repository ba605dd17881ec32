// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.core.transfer.TreeCopy;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What patterns choose: the same here and through SSH, and no more of it on the wire than needed.
 */
@Timeout(300)
class SelectiveDownloadTest {
  private static final String[] MAKE = {
    "mkdir -p a/b/.c 'o ut' tmp/deep empty a/none",
    "echo 1 > a/x.json; echo 2 > a/b/y.json; echo 3 > a/b/.c/z.json; echo 4 > .hidden.json",
    "echo 5 > tmp/t.json; echo 6 > tmp/deep/u.json; echo 7 > 'o ut/[v].txt'; echo 8 > X.JSON",
    "echo 9 > \"$(printf 'caf\\303\\251.txt')\"; echo 10 > '*'; ln -s x.json a/link",
  };

  private static final List<DownloadPatterns> CASES = List.of(
      DownloadPatterns.ALL,
      new DownloadPatterns(List.of("*.json"), List.of()),
      new DownloadPatterns(List.of("*.json"), List.of("tmp")),
      new DownloadPatterns(List.of("*.json"), List.of("a/b/*")),
      new DownloadPatterns(List.of(), List.of("*.json")),
      new DownloadPatterns(List.of(), List.of("tmp", "a/b")),
      new DownloadPatterns(List.of("a/?.json", "[!a]*"), List.of("tmp/*")),
      new DownloadPatterns(List.of("o ut/[[]v].txt", "caf?.txt", "[*]"), List.of()),
      new DownloadPatterns(List.of("**/y.json", "{a,b}"), List.of()),
      new DownloadPatterns(List.of("nothing"), List.of()));

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("shell", Map.of());

  @Test
  void theSameIsChosenHereAndThroughSsh() throws Exception {
    Map<String, Map<String, String>> here = run(Site.HERE);
    assertThat(run(Site.SSH)).isEqualTo(here);
    Map<String, String> all = here.get("case0");
    for (int i = 1; i < CASES.size(); i++) {
      DownloadPatterns patterns = CASES.get(i);
      assertThat(files(here.get("case" + i)))
          .as(patterns.toString())
          .isEqualTo(expected(patterns, files(all)));
      if (!patterns.include().isEmpty()) {
        assertThat(here.get("case" + i))
            .as("no empty folders: " + patterns)
            .doesNotContainKeys("empty", "a/none");
      }
    }
    assertThat(all)
        .containsKeys("empty", "a/none", "a/b/.c/z.json", "*", "caf\u00e9.txt", "a/link");
    assertThat(here.get("case5")).doesNotContainKeys("tmp", "a/b").containsKey("empty");
  }

  /** The definition, file by file. */
  private static Set<String> expected(DownloadPatterns patterns, Set<String> all) {
    Set<String> expected = new TreeSet<>();
    for (String file : all) {
      boolean isIncluded = patterns.include().isEmpty() || matches(patterns.include(), file);
      boolean isSkipped = patterns.exclude().stream().anyMatch(p -> file.startsWith(p + "/"));
      boolean isAlways = List.of("exit_code", "stdout.log", "stderr.log").contains(file);
      if (isAlways || (isIncluded && !isSkipped && !matches(patterns.exclude(), file))) {
        expected.add(file);
      }
    }
    return expected;
  }

  private static boolean matches(List<String> patterns, String file) {
    return patterns.stream().anyMatch(p -> FnmatchPattern.of(p).matches(file));
  }

  private static Set<String> files(Map<String, String> tree) {
    Set<String> files = new TreeSet<>();
    tree.forEach((path, content) -> {
      if (!content.equals("/")) {
        files.add(path);
      }
    });
    return files;
  }

  private Map<String, Map<String, String>> run(Site site) throws Exception {
    Path folder = Files.createDirectories(hpc.folder().resolve(site.name()));
    RunSpec.Builder run = RunSpec.builder("r");
    for (int i = 0; i < CASES.size(); i++) {
      run.task(Task.builder("case" + i)
          .shell(MAKE)
          .download(CASES.get(i).include().toArray(String[]::new))
          .doNotDownload(CASES.get(i).exclude().toArray(String[]::new))
          .build());
    }
    Map<String, Map<String, String>> results = new LinkedHashMap<>();
    try (HpcRuntime runtime = Site.runtime(folder);
        ComputeOperator operator = ComputeOperator.over(
                Site.open(runtime, site.entry(folder.resolve("workspace"))))
            .directory(folder)
            .build()) {
      operator.prepare(run.build());
      RunStatus end = operator.go("r");
      assertThat(end.isWell()).as(end.toString()).isTrue();
      for (TaskStatus task : end.tasks()) {
        results.put(
            task.task(),
            tree(end.folder().resolve("tasks/" + task.task() + "/attempts/1/results")));
      }
    }
    return results;
  }

  /** Content by path; a folder's is a slash, a link's the text of it. */
  private static Map<String, String> tree(Path folder) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(each -> !each.equals(folder)).toList()) {
        String content = Files.isSymbolicLink(path)
            ? "-> " + Files.readSymbolicLink(path)
            : Files.isDirectory(path) ? "/" : Files.readString(path);
        tree.put(folder.relativize(path).toString(), content);
      }
    }
    return tree;
  }

  @Test
  void onlyWhatIsWantedIsOnTheWire() throws Exception {
    Site.Entry entry = Site.SSH.entry(hpc.workspace());
    Map<String, Object> login = transport(entry);
    Path there = Files.createDirectories(hpc.folder().resolve("there"));
    Path out = Files.createDirectories(there.resolve("out"));
    Files.write(out.resolve("wanted.json"), new byte[10_000]);
    Files.write(out.resolve("large.bin"), random(6 << 20));
    Path scratch = Files.createDirectories(there.resolve("scratch"));
    for (int i = 0; i < 4_000; i++) {
      Files.createFile(scratch.resolve("a-file-with-a-rather-long-name-" + i));
    }
    DownloadPatterns wanted = new DownloadPatterns(List.of("out/*.json"), List.of());
    Path copy = hpc.folder().resolve("copy");
    try (CountingProxy proxy = new CountingProxy((Integer) login.get("port"));
        HpcRuntime runtime = Site.runtime(hpc.folder())) {
      Backend backend = Site.open(runtime, through(proxy, entry));
      backend.transport().stat("/");
      long before = proxy.received();
      TreeCopy.over(backend.transport()).filter(wanted.filter()).download(there.toString(), copy);
      assertThat(proxy.received() - before)
          .as("bytes that came through SSH, with 6 MiB and 4,000 names that were not wanted")
          .isBetween(10_000L, 60_000L);
    }
    assertThat(tree(copy).keySet()).containsExactly("out", "out/wanted.json");
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new java.util.Random(3).nextBytes(bytes);
    return bytes;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> transport(Site.Entry entry) {
    return (Map<String, Object>) entry.values().get("transport");
  }

  /** The proxy's port is another host to whoever checks its key. */
  private Site.Entry through(CountingProxy proxy, Site.Entry entry) throws IOException {
    Map<String, Object> login = new LinkedHashMap<>(transport(entry));
    login.put("port", proxy.port());
    login.put(
        "known_hosts", Files.createFile(hpc.folder().resolve("known_hosts")).toString());
    login.put("accept_new", true);
    Map<String, Object> values = new LinkedHashMap<>(entry.values());
    values.put("transport", login);
    return new Site.Entry(entry.type(), values);
  }

  @Test
  void aSecondCollectCopiesNothing() throws Exception {
    Path there = Files.createDirectories(hpc.folder().resolve("there/sub"));
    Files.writeString(there.resolve("f"), "x");
    Path copy = hpc.folder().resolve("copy");
    List<Long> copied = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      copied.add(TreeCopy.over(hpc.backend().transport())
          .filter(DownloadPatterns.ALL.filter())
          .download(hpc.folder().resolve("there").toString(), copy)
          .files());
    }
    assertThat(copied).containsExactly(1L, 0L);
    assertThat(tree(copy).keySet()).containsExactly("sub", "sub/f");
  }
}
