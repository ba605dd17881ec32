// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.StagedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.Test;

/** Standard streams, the working directory, files that a job brings, and what surrounds it. */
interface FileContract extends BackendUnderTest {
  @Test
  default void aFileIsStandardInput() throws IOException {
    Checks.needs(this, Capability.STDIN);
    Checks.needsJobsHere(this);
    Path input = hpc().folder().resolve("in put");
    Files.writeString(input, "line 1\nline 2");
    HPCProcess job =
        hpc().submit(hpc().job("cat").stdin(input.toString()).command("cat").build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "line 1\nline 2");
  }

  @Test
  default void withoutAFileStandardInputIsEmpty() {
    HPCProcess job = hpc().submit(hpc().job("cat").command("cat").build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "");
  }

  @Test
  default void outputGoesWhereTheUserSaidAndMissingFoldersAreMade() throws IOException {
    Checks.needsJobsHere(this);
    Path out = hpc().folder().resolve("out");
    HPCProcess job = hpc()
        .submit(hpc()
            .job("paths")
            .stdout(out + "/a b/{id}.out")
            .stderr(out + "/c$d/{id}.err")
            .shell("echo to stdout; echo to stderr >&2")
            .build());
    Checks.completed(job, hpc().end(job));
    String id = job.id().nativeId().value();
    assertEquals("to stdout\n", Files.readString(out.resolve("a b").resolve(id + ".out")));
    assertEquals("to stderr\n", Files.readString(out.resolve("c$d").resolve(id + ".err")));
    assertEquals("to stdout\n", job.logs().stdout());
    assertEquals("to stderr\n", job.logs().stderr());
  }

  @Test
  default void oneFileMayTakeBothStreams() throws IOException {
    Checks.needsJobsHere(this);
    Path log = hpc().folder().resolve("both.log");
    HPCProcess job = hpc()
        .submit(hpc()
            .job("joined")
            .stdout(log.toString())
            .stderr(log.toString())
            .shell("echo 1; echo 2 >&2; echo 3")
            .build());
    Checks.completed(job, hpc().end(job));
    assertEquals("1\n2\n3\n", Files.readString(log));
  }

  @Test
  default void aJobRunsInItsWorkingDirectory() throws IOException {
    Checks.needsJobsHere(this);
    Path directory = Files.createDirectory(hpc().folder().resolve("work here"));
    HPCProcess job = hpc()
        .submit(hpc()
            .job("pwd")
            .workingDirectory(directory)
            .shell("pwd -P; : >made")
            .build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, directory + "\n");
    assertTrue(Files.exists(directory.resolve("made")), "files are made there");
  }

  @Test
  default void filesAreBroughtToTheJob() throws IOException {
    Checks.needs(this, Capability.STAGE_IN);
    Checks.needsJobsHere(this);
    Path local = hpc().folder().resolve("local");
    Files.writeString(local, "from a file");
    Path directory = Files.createDirectory(hpc().folder().resolve("work"));
    HPCProcess job = hpc()
        .submit(hpc()
            .job("staged")
            .workingDirectory(directory)
            .stageIn(StagedFile.path(local, "in/a file"), StagedFile.content("text", "b"))
            .shell("cat 'in/a file'; echo; cat b")
            .build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "from a file\ntext");
  }

  @Test
  default void theJobsFolderIsItsOwnersAlone() throws IOException {
    Checks.needsJobsHere(this);
    HPCProcess job = hpc().submit(hpc().job("mine").command("true").build());
    Checks.completed(job, hpc().end(job));
    for (Path folder : Folders.entries(hpc().workspace().resolve("jobs"))) {
      for (PosixFilePermission permission : Files.getPosixFilePermissions(folder)) {
        assertTrue(permission.name().startsWith("OWNER_"), () -> permission + " of " + folder);
      }
    }
  }

  @Test
  default void aLauncherStartsTheCommandSeveralTimes() {
    Checks.needs(this, Capability.LAUNCHERS);
    assumeTrue(launcher().isPresent(), type() + " (no launcher to test with)");
    HPCProcess job = hpc()
        .submit(hpc()
            .job("ranks")
            .launcher(launcher().get())
            .tasks(2)
            .command("echo", "a  'rank'")
            .build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "a  'rank'\na  'rank'\n");
  }

  @Test
  default void aJobGetsAGpu() {
    Checks.needs(this, Capability.GPUS);
    assumeTrue(hasGpu(), type() + " (no gpu to test with)");
    HPCProcess job = hpc().submit(hpc().job("gpu").gpus(1).command("true").build());
    Checks.completed(job, hpc().end(job));
  }
}
