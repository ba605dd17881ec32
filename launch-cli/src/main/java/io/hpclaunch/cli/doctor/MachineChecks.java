// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.doctor;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.cli.ProgramVersion;
import io.hpclaunch.cli.Session;
import io.hpclaunch.core.launch.LaunchContexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at Java, bash, the class-data archive and the state folder. */
final class MachineChecks {
  private static final int OLDEST_JAVA = 17;
  private static final Set<PosixFilePermission> OWNER = EnumSet.of(
      PosixFilePermission.OWNER_READ,
      PosixFilePermission.OWNER_WRITE,
      PosixFilePermission.OWNER_EXECUTE);

  private final Session session;

  MachineChecks(Session session) {
    this.session = session;
  }

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    checks.add(java(Runtime.version().feature()));
    checks.add(bash());
    checks.add(archive());
    try {
      checks.add(stateFolder(session.stateFolder()));
    } catch (HpcException e) {
      checks.add(Check.problem("state folder", String.valueOf(e.getMessage()), null));
    }
    return checks;
  }

  static Check java(int feature) {
    String found = System.getProperty("java.vm.vendor") + " " + Runtime.version() + " in "
        + System.getProperty("java.home");
    return feature >= OLDEST_JAVA
        ? Check.ok("java", found)
        : Check.problem("java", found, "install a JDK 17 or newer, or set JAVA_HOME to one");
  }

  private Check bash() {
    Optional<Path> bash = LaunchContexts.local(
            session.launchEnvironment(), "bash", LaunchSettings.none())
        .which("bash");
    if (bash.isEmpty()) {
      return Check.problem("bash", "it is not on PATH", "install bash; jobs run in it");
    }
    String version = ProgramVersion.ask(bash.get());
    return Check.ok("bash", bash.get() + (version == null ? "" : ", " + version));
  }

  private Check archive() {
    String archive = session.installation().archive();
    return archive.isEmpty()
        ? Check.warning(
            "class-data archive",
            "there is none yet, each start takes longer",
            "start bin/hpc again in some seconds: the first start has it made; where it stays so,"
                + " make the state folder writable")
        : Check.ok("class-data archive", archive.substring(archive.indexOf('=') + 1));
  }

  static Check stateFolder(Path folder) {
    String subject = "state folder";
    if (!Files.exists(folder)) {
      Path parent = existing(folder);
      return Files.isDirectory(parent) && Files.isWritable(parent)
          ? Check.ok(subject, folder + " will be made when it is needed")
          : Check.problem(
              subject,
              folder + " cannot be made: " + parent + " is not a folder that you may write to",
              "set HPC_STATE_DIR to a folder of your own");
    }
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      return Check.problem(
          subject,
          folder + " is not a folder that you may write to",
          "set HPC_STATE_DIR to a folder of your own");
    }
    return ownersOnly(subject, folder);
  }

  private static Check ownersOnly(String subject, Path folder) {
    try {
      if (OWNER.containsAll(Files.getPosixFilePermissions(folder))) {
        return Check.ok(subject, folder + ", for its owner only");
      }
      return Check.warning(subject, folder + " is open to others", "chmod 700 '" + folder + "'");
    } catch (IOException | UnsupportedOperationException e) {
      return Check.warning(subject, folder + " does not tell its permissions: " + e, null);
    }
  }

  private static Path existing(Path folder) {
    Path at = folder;
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}
