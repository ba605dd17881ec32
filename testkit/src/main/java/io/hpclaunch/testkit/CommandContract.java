// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a command is given reaches it byte for byte, and what it writes comes back so. */
interface CommandContract extends BackendUnderTest {
  @Test
  default void whatItWritesReachesTheLogsByteForByte() {
    String errors = hasSeparateStreams() ? "; printf 'err\\n' >&2" : "";
    HPCProcess job = hpc()
        .submit(hpc()
            .job("bytes")
            .command("bash", "-c", "printf 'a\\0b\\377\\n\\n  c'" + errors)
            .build());
    Checks.completed(job, hpc().end(job));
    byte[] written = {'a', 0, 'b', (byte) 0xff, '\n', '\n', ' ', ' ', 'c'};
    assertArrayEquals(written, hpc().output(job));
    assertEquals(hasSeparateStreams() ? "err\n" : "", job.logs().stderr());
  }

  @Test
  default void argumentsArriveByteForByte() {
    List<String> argv = new ArrayList<>(List.of("printf", "%s\\0"));
    argv.addAll(OddWords.ALL);
    HPCProcess job = hpc().submit(hpc().job("arguments").command(argv).build());
    Checks.completed(job, hpc().end(job));
    assertEquals(OddWords.ALL, words(job));
  }

  @Test
  default void linesOfShellRunAsTheyStand() {
    HPCProcess job = hpc()
        .submit(hpc()
            .job("lines")
            .shell("greet() {", "  echo \"$1, \"'wor'ld", "}", "cat <<'END'", "$HOME `id`", "END")
            .shell("greet hello")
            .build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "$HOME `id`\nhello, world\n");
  }

  @Test
  default void valuesOfVariablesArriveByteForByte() {
    JobSpec.Builder spec = hpc().job("environment").command("env", "-0");
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < OddWords.ALL.size(); i++) {
      expected.put("CONTRACT_" + i, OddWords.ALL.get(i));
    }
    expected.put("contract.odd-name", "no identifier");
    HPCProcess job = hpc().submit(spec.environment(expected).build());
    Checks.completed(job, hpc().end(job));
    Map<String, String> told = variables(job);
    told.keySet().retainAll(expected.keySet());
    assertEquals(expected, told);
  }

  @Test
  default void aVariableIsUnset() {
    HPCProcess with = hpc().submit(hpc().job("set").command("env", "-0").build());
    HPCProcess without = hpc()
        .submit(hpc()
            .job("unset")
            .environment("PATH", null)
            .command("/usr/bin/env", "-0")
            .build());
    Checks.completed(with, hpc().end(with));
    Checks.completed(without, hpc().end(without));
    assertTrue(variables(with).containsKey("PATH"), "a job has a PATH");
    assertNull(variables(without).get("PATH"), "the variable was unset");
  }

  @Test
  default void theJobKnowsWhatItIs() {
    String name = "job's \"name\" $HOME `id` \\ ü";
    HPCProcess job = hpc().submit(hpc().job(name).command("env", "-0").build());
    Checks.completed(job, hpc().end(job));
    Map<String, String> told = variables(job);
    assertEquals(name, told.get("HPC_JOB_NAME"));
    assertEquals(job.id().toString(), told.get("HPC_JOB_ID"));
    assertFalse(told.containsKey("HPC_ARRAY_INDEX"), "a plain job has no index");
    assertFalse(told.containsKey("HPC_ARRAY_COUNT"), "a plain job has no elements");
  }

  @Test
  default void aSecretReachesTheJobAndNothingElse() throws IOException {
    Checks.needs(this, Capability.SECRETS);
    String secret = "s3cret'" + UUID.randomUUID();
    JobSpec spec = hpc()
        .job("secret")
        .secretEnvironment("CONTRACT_SECRET", secret)
        .shell("[[ $CONTRACT_SECRET == *-*-* ]] && printf %s \"${#CONTRACT_SECRET}\"")
        .build();
    HPCProcess job = hpc().submit(spec);
    Checks.completed(job, hpc().end(job));
    Checks.output(job, Integer.toString(secret.length()));
    assertFalse(hpc().backend().script(spec).contains(secret), "the secret is in a dry run");
    assertFalse(hpc().backend().script(job.id()).contains(secret), "the secret is in the script");
    for (Path file : Folders.files(hpc().folder())) {
      secretIsNotToldBy(file, secret.substring(secret.indexOf('\'') + 1));
    }
  }

  /** Only the file from which the job reads it has it, and that is its owner's alone. */
  private static void secretIsNotToldBy(Path file, String secret) throws IOException {
    if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(secret)) {
      assertEquals("secrets", file.getFileName().toString(), () -> "the secret is in " + file);
      Set<PosixFilePermission> others = Files.getPosixFilePermissions(file);
      others.removeAll(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
      assertEquals(Set.of(), others, () -> "who may use " + file);
    }
  }

  private List<String> words(HPCProcess job) {
    String text = RawBytes.decode(hpc().output(job));
    assertTrue(text.endsWith("\0"), "the output is whole");
    return List.of(text.substring(0, text.length() - 1).split("\0", -1));
  }

  private Map<String, String> variables(HPCProcess job) {
    Map<String, String> variables = new HashMap<>();
    for (String variable : words(job)) {
      int equals = variable.indexOf('=');
      variables.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return variables;
  }
}
