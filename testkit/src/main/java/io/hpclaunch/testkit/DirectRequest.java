// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.script.JobScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A submission that is made without journal and monitor, to see what the plugin alone does. */
final class DirectRequest implements SubmitRequest {
  private final String backend;
  private final JobSpec spec;
  private final Token token = Token.random();
  private final Path folder;

  private DirectRequest(String backend, JobSpec spec, Path workspace) {
    this.backend = backend;
    this.spec = spec;
    folder = workspace.resolve("jobs").resolve(token.value());
  }

  /** Makes the folder and the script, as is promised to {@link HPCBackend#submit}. */
  static DirectRequest prepare(HPCBackend plugin, JobSpec spec, Path workspace) throws IOException {
    DirectRequest request = new DirectRequest(plugin.name(), spec, workspace);
    var ownersOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(request.folder, ownersOnly);
    Files.createFile(Path.of(request.scriptPath()), ownersOnly);
    Files.writeString(Path.of(request.scriptPath()), plugin.script(request));
    return request;
  }

  /** Only a job that began has it. */
  boolean hasBegun() {
    return Files.exists(folder.resolve("claim"));
  }

  /** A file in the job's folder. */
  Path file(String name) {
    return folder.resolve(name);
  }

  @Override
  public JobSpec spec() {
    return spec;
  }

  @Override
  public Token token() {
    return token;
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public String jobDirectory() {
    return folder.toString();
  }

  @Override
  public String scriptPath() {
    return folder
        .resolve(Objects.requireNonNullElse(spec.scriptName(), "script"))
        .toString();
  }

  @Override
  public @Nullable String stdin() {
    return spec.stdin();
  }

  @Override
  public String stdout() {
    return own("stdout");
  }

  @Override
  public String stderr() {
    return own("stderr");
  }

  private String own(String name) {
    return folder.resolve(name) + (spec.array() == null ? "" : ".{index}");
  }

  @Override
  public @Nullable ArrayRange array() {
    return spec.array();
  }

  @Override
  public String script(ScriptForm form) {
    return JobScript.of(spec, token, form, jobDirectory()).backend(backend).render();
  }
}
