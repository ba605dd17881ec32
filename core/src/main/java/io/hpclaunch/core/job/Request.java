// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.container.ContainerScript;
import io.hpclaunch.core.script.JobScript;
import org.jspecify.annotations.Nullable;

/**
 * One submission.
 *
 * @param backend the entry's name
 * @param spec the job, complete
 * @param token names it
 * @param jobDirectory its folder
 * @param part what of it is submitted
 * @param launch lines that start the command through a launcher, or null
 * @param container the container's part in the script, or null
 */
record Request(
    String backend,
    JobSpec spec,
    Token token,
    String jobDirectory,
    Part part,
    @Nullable String launch,
    @Nullable ContainerScript container)
    implements SubmitRequest {
  private static final String SCRIPT = "script";

  /** The name of the script's file. */
  static String scriptName(JobSpec spec, Part part) {
    String own = spec.scriptName();
    return part.fileName(own == null ? SCRIPT : own);
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public String scriptPath() {
    return jobDirectory + "/" + scriptName(spec, part);
  }

  @Override
  public @Nullable String stdin() {
    String given = spec.stdin();
    return given == null ? null : JobPaths.absolute(given, String.valueOf(spec.workingDirectory()));
  }

  @Override
  public String stdout() {
    return JobPaths.output(spec.stdout(), "stdout", spec, jobDirectory);
  }

  @Override
  public String stderr() {
    return JobPaths.output(spec.stderr(), "stderr", spec, jobDirectory);
  }

  @Override
  public @Nullable ArrayRange array() {
    return part.scheduler();
  }

  @Override
  public String script(ScriptForm form) {
    JobScript script = JobScript.of(spec, token, form, jobDirectory)
        .backend(backend)
        .launch(launch)
        .container(container);
    if (part.chunk() != null) {
      script.part(part.chunk(), part.offset());
    }
    return script.render();
  }
}
