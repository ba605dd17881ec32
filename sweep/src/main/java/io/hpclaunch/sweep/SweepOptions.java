// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Resources;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a sweep is submitted.
 *
 * @param mode how combinations become jobs
 * @param id its name and that of its folder, or null for {@code sweep_YYYYMMDD_HHMMSS}
 * @param folder where sweeps have their folders; relative to the working directory
 * @param resources what each task asks for; what is unset comes from the configuration
 * @param maxParallel how many tasks may run at once, or null for no limit
 * @param workingDirectory where tasks run, or null for the definition's project_dir, else the
 *     working directory of this process
 * @since 0.1
 */
public record SweepOptions(
    Mode mode,
    @Nullable String id,
    Path folder,
    Resources resources,
    @Nullable Integer maxParallel,
    @Nullable Path workingDirectory) {
  private static final int LONGEST_ID = 200;

  /**
   * Checks the parts.
   *
   * @throws InvalidConfiguration when the id cannot name a folder and a job, or the limit is below
   *     1
   */
  public SweepOptions {
    if (id != null && (id.length() > LONGEST_ID || !id.matches("[A-Za-z0-9_][A-Za-z0-9_.+-]*"))) {
      throw new InvalidConfiguration("'" + id + "' cannot name a sweep: take letters, digits and"
          + " _ . + -, not more than " + LONGEST_ID);
    }
    if (maxParallel != null && maxParallel < 1) {
      throw new InvalidConfiguration(
          "at least one task must be allowed at once, not " + maxParallel);
    }
  }

  /**
   * A builder.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options. */
  public static final class Builder {
    private Mode mode = Mode.AUTO;
    private @Nullable String id;
    private Path folder = Path.of("sweeps");
    private Resources resources = Resources.none();
    private @Nullable Integer maxParallel;
    private @Nullable Path workingDirectory;

    private Builder() {}

    /**
     * Sets how combinations become jobs.
     *
     * @param value the mode
     * @return this
     */
    public Builder mode(Mode value) {
      mode = value;
      return this;
    }

    /**
     * Sets the sweep's name.
     *
     * @param value the name, or null
     * @return this
     */
    public Builder id(@Nullable String value) {
      id = value;
      return this;
    }

    /**
     * Sets where sweeps have their folders.
     *
     * @param value a folder; it is made where it is missing
     * @return this
     */
    public Builder folder(Path value) {
      folder = value;
      return this;
    }

    /**
     * Sets what each task asks for.
     *
     * @param value the resources
     * @return this
     */
    public Builder resources(Resources value) {
      resources = value;
      return this;
    }

    /**
     * Sets how many tasks may run at once.
     *
     * @param value at least 1, or null
     * @return this
     */
    public Builder maxParallel(@Nullable Integer value) {
      maxParallel = value;
      return this;
    }

    /**
     * Sets where tasks run.
     *
     * @param value a folder, or null
     * @return this
     */
    public Builder workingDirectory(@Nullable Path value) {
      workingDirectory = value;
      return this;
    }

    /**
     * Makes the options.
     *
     * @return the options
     * @throws InvalidConfiguration when they are wrong
     */
    public SweepOptions build() {
      return new SweepOptions(mode, id, folder, resources, maxParallel, workingDirectory);
    }
  }
}
