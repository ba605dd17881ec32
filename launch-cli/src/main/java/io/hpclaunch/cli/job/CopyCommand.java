// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.Sizes;
import io.hpclaunch.core.transfer.CopyResult;
import io.hpclaunch.core.transfer.TreeCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc copy}: files and folders between this machine and a backend's host. */
@Command(
    name = "copy",
    description = {
      "Copy files and folders between this machine and a backend's host.",
      "A path on the host is written NAME:PATH, or :PATH for the backend of -b or the default one."
          + " It is absolute, or relative to the home folder there. Several sources, or one and a"
          + " target that is a folder or ends in '/', are copied into the target.",
      "What is there already with the same size, time and permissions is not copied again, and an"
          + " interrupted copy is gone on with. Permissions and times are kept. Links are copied as"
          + " links; those that lead out of the copied folder, devices, pipes, sockets and names that"
          + " are no UTF-8 are left out and told, with exit status 1."
    })
final class CopyCommand extends JobCommand {
  @Parameters(
      arity = "2..*",
      paramLabel = "PATH",
      description = "One source or more, and the target.")
  private List<String> paths = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON: a list, with an object for each source.")
  private boolean json;

  CopyCommand(Session session) {
    super(session);
  }

  /** What became of one source; the names become keys. */
  record Copied(
      String source, String target, long files, long bytes, long unchanged, List<String> leftOut) {}

  @Override
  protected int run() {
    List<CopyPath> sources =
        paths.subList(0, paths.size() - 1).stream().map(this::path).toList();
    CopyPath target = path(paths.get(paths.size() - 1));
    CopyPath remote = target.isThere() ? target : sources.get(0);
    for (CopyPath source : sources) {
      if (source.isThere() == target.isThere()
          || !source.there().equals(sources.get(0).there())) {
        throw wrong("one side is on this machine and the other on one backend's host, as NAME:PATH;"
            + " found " + paths);
      }
    }
    Set<String> names = new HashSet<>();
    for (CopyPath source : sources) {
      if (sources.size() > 1 && !names.add(source.name())) {
        throw wrong("two sources are called " + source.name() + ": copy them one by one");
      }
    }
    Transport way = remote.there().orElseThrow().transport();
    try {
      List<Copied> all = copy(way, sources, target);
      print(all);
      boolean whole = all.stream().allMatch(each -> each.leftOut().isEmpty());
      return whole ? ExitStatus.OK : ExitStatus.PROBLEM;
    } catch (IOException e) {
      throw new BackendUnavailable(CopyErrors.said(e), e);
    }
  }

  private CopyPath path(String text) {
    return CopyPath.parse(text, name -> name.isEmpty() ? backend() : runtime().backend(name));
  }

  private List<Copied> copy(Transport way, List<CopyPath> sources, CopyPath target)
      throws IOException {
    boolean into = sources.size() > 1 || target.path().endsWith("/") || isFolder(way, target);
    List<Copied> all = new ArrayList<>();
    boolean terminal = session().installation().terminals().contains(Installation.Stream.ERR);
    try (Progress line = new Progress(err(), terminal)) {
      for (CopyPath source : sources) {
        String its = into ? target.child(source.name()) : target.path();
        TreeCopy copy = TreeCopy.over(way).progress(new CopyMeter(line, System::nanoTime));
        CopyResult result = target.isThere()
            ? copy.upload(session().file(source.path()), there(way, its))
            : copy.download(there(way, source.path()), session().file(its));
        all.add(new Copied(
            source.path(),
            its,
            result.files(),
            result.bytes(),
            result.unchanged(),
            result.leftOut()));
      }
    }
    return all;
  }

  private boolean isFolder(Transport way, CopyPath target) throws IOException {
    if (!target.isThere()) {
      Path here = session().file(target.path());
      return Files.isDirectory(here);
    }
    // With a slash behind it a link to a folder is that folder.
    return way.stat(there(way, target.path()) + "/.")
        .filter(facts -> facts.kind() == FileStat.Kind.FOLDER)
        .isPresent();
  }

  private static String there(Transport way, String path) throws IOException {
    if (path.startsWith("/")) {
      return path;
    }
    if (path.startsWith("~") && !path.equals("~") && !path.startsWith("~/")) {
      throw new InvalidJob("'" + path + "': of homes only one's own is known, as ~/PATH");
    }
    String home = way.home();
    String relative = path.startsWith("~") ? path.substring(1) : "/" + path;
    return relative.length() < 2 ? home : home + relative;
  }

  private void print(List<Copied> all) {
    if (json) {
      Json.print(all, out());
    } else {
      for (Copied each : all) {
        out()
            .println("copied " + each.files() + " files (" + Sizes.size(each.bytes()) + ") to "
                + each.target()
                + (each.unchanged() > 0 ? "; " + each.unchanged() + " were there already" : ""));
        for (String left : each.leftOut()) {
          tell("not copied from " + each.source() + ": " + left
              + " (a link that leads out of it, no file, or a name that is no UTF-8)");
        }
      }
    }
    out().flush();
  }
}
