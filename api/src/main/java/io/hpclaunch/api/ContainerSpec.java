// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The container that a job's command runs in.
 *
 * @since 0.1
 */
public final class ContainerSpec {
  private final @Nullable String image;
  private final @Nullable String sif;
  private final List<Bind> binds;
  private final @Nullable String workingDirectory;
  private final Map<String, String> environment;
  private final boolean gpu;
  private final List<String> options;

  private ContainerSpec(Builder b) {
    image = b.image;
    sif = b.sif;
    binds = List.copyOf(b.binds);
    workingDirectory = b.workingDirectory;
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(b.environment));
    gpu = b.gpu;
    options = List.copyOf(b.options);
  }

  /**
   * A path of the host that the container sees.
   *
   * @param host the path on the host
   * @param container the path in the container
   * @param readOnly whether the container may not write there
   */
  public record Bind(String host, String container, boolean readOnly) {
    /**
     * Checks the paths.
     *
     * @throws InvalidJob when the host's path is empty or the container's not absolute, or one
     *     holds {@code :}, which divides them, or NUL
     */
    public Bind {
      if (host.isEmpty() || host.indexOf(':') >= 0) {
        throw new InvalidJob("bind: '" + host + "' is not a path of the host without ':'");
      }
      if (!container.startsWith("/") || container.indexOf(':') >= 0) {
        throw new InvalidJob(
            "bind: '" + container + "' is not an absolute path of the container without ':'");
      }
      Carried.check("a bind", host + container);
    }

    /**
     * Reads {@code HOST[:CONTAINER][:ro|:rw]}.
     *
     * @param text the bind
     * @return the bind
     * @throws InvalidJob when the text is no bind
     */
    public static Bind parse(String text) {
      return parse(text, UnaryOperator.identity());
    }

    /**
     * Reads {@code HOST[:CONTAINER][:ro|:rw]} with a path of the host that may be relative. A path
     * alone is seen under its absolute name.
     *
     * @param text the bind
     * @param directory where relative paths of the host begin, absolute
     * @return the bind, with an absolute path of the host
     * @throws InvalidJob when the text is no bind
     */
    public static Bind parse(String text, String directory) {
      return parse(text, path -> {
        if (path.startsWith("/")) {
          return path;
        }
        String below = path.startsWith("./") ? path.substring(2) : path;
        return below.isEmpty() || below.equals(".") ? directory : directory + "/" + below;
      });
    }

    private static Bind parse(String text, UnaryOperator<String> absolute) {
      String[] parts = text.split(":", -1);
      String last = parts[parts.length - 1];
      boolean readOnly = parts.length > 1 && last.equals("ro");
      boolean explicit = readOnly || (parts.length > 1 && last.equals("rw"));
      int paths = parts.length - (explicit ? 1 : 0);
      String host = parts[0].isEmpty() ? "" : absolute.apply(parts[0]);
      String container = paths == 2 ? parts[1] : host;
      if (paths > 2 || !container.startsWith("/") || host.isEmpty()) {
        throw new InvalidJob(
            "'" + text + "' is not a bind: write HOST:CONTAINER[:ro], such as /data:/input:ro");
      }
      return new Bind(host, container, readOnly);
    }

    @Override
    public String toString() {
      return host + ":" + container + (readOnly ? ":ro" : "");
    }
  }

  /**
   * A container from an image reference.
   *
   * @param image such as {@code registry/app:1}
   * @return a builder
   */
  public static Builder image(String image) {
    Builder b = new Builder();
    b.image = image;
    return b;
  }

  /**
   * A container from the image that the backend's configuration names ({@code container.image}).
   *
   * @return a builder
   */
  public static Builder defaultImage() {
    return new Builder();
  }

  /**
   * A container from a .sif file.
   *
   * @param path where the file lies on the nodes
   * @return a builder
   */
  public static Builder sif(String path) {
    return new Builder().sifPath(path);
  }

  /**
   * The image reference.
   *
   * @return such as {@code registry/app:1}, or null; where there is no {@link #sif} either, the
   *     image is the one that the backend's configuration names
   */
  public @Nullable String image() {
    return image;
  }

  /**
   * The path of a .sif file, which wins over the image where the runtime reads such files.
   *
   * @return the path on the nodes, or null
   */
  public @Nullable String sif() {
    return sif;
  }

  /**
   * The same container from another image.
   *
   * @param reference such as {@code registry/app:1}
   * @return the container
   * @throws InvalidJob when the reference is empty
   */
  public ContainerSpec withImage(String reference) {
    Builder b = image(reference);
    b.sif = sif;
    b.binds.addAll(binds);
    b.workingDirectory = workingDirectory;
    b.environment.putAll(environment);
    b.gpu = gpu;
    b.options.addAll(options);
    return b.build();
  }

  /**
   * What the container sees of the host.
   *
   * @return the binds, in the order given
   */
  public List<Bind> binds() {
    return binds;
  }

  /**
   * The directory in the container in which the command starts.
   *
   * @return the directory, or null for the job's own working directory
   */
  public @Nullable String workingDirectory() {
    return workingDirectory;
  }

  /**
   * Variables set in the container.
   *
   * @return the variables, in the order given
   */
  public Map<String, String> environment() {
    return environment;
  }

  /**
   * Whether the container is to see the gpus.
   *
   * @return true if it is
   */
  public boolean gpu() {
    return gpu;
  }

  /**
   * Further options for the container runtime, untouched.
   *
   * @return the options
   */
  public List<String> options() {
    return options;
  }

  /** Collects what the container needs. */
  public static final class Builder {
    private @Nullable String image;
    private @Nullable String sif;
    private final List<Bind> binds = new ArrayList<>();
    private @Nullable String workingDirectory;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private boolean gpu;
    private final List<String> options = new ArrayList<>();

    private Builder() {}

    /**
     * Gives a .sif file beside the image; it wins where the runtime reads such files.
     *
     * @param path where it lies on the nodes
     * @return this
     */
    public Builder sifPath(String path) {
      sif = path;
      return this;
    }

    /**
     * Binds a directory at /input, read-only.
     *
     * @param directory the host's
     * @return this
     */
    public Builder input(String directory) {
      return bind(new Bind(directory, "/input", true));
    }

    /**
     * Binds a directory at /output.
     *
     * @param directory the host's
     * @return this
     */
    public Builder output(String directory) {
      return bind(new Bind(directory, "/output", false));
    }

    /**
     * Binds a directory at /workspace.
     *
     * @param directory the host's
     * @return this
     */
    public Builder workspace(String directory) {
      return bind(new Bind(directory, "/workspace", false));
    }

    /**
     * Binds a file at /manifest.json, read-only.
     *
     * @param file the host's
     * @return this
     */
    public Builder manifest(String file) {
      return bind(new Bind(file, "/manifest.json", true));
    }

    /**
     * Binds a path of the host.
     *
     * @param bind the bind
     * @return this
     */
    public Builder bind(Bind bind) {
      binds.add(bind);
      return this;
    }

    /**
     * Sets the directory in which the command starts.
     *
     * @param directory in the container, absolute
     * @return this
     */
    public Builder workingDirectory(String directory) {
      workingDirectory = directory;
      return this;
    }

    /**
     * Sets a variable in the container.
     *
     * @param name the variable
     * @param value its value
     * @return this
     */
    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /**
     * Lets the container see the gpus ({@code --nv}).
     *
     * @param wanted whether it is to
     * @return this
     */
    public Builder gpu(boolean wanted) {
      gpu = wanted;
      return this;
    }

    /**
     * Adds options for the container runtime.
     *
     * @param words the options, untouched
     * @return this
     */
    public Builder options(String... words) {
      options.addAll(List.of(words));
      return this;
    }

    /**
     * Makes the description.
     *
     * @return the container
     * @throws InvalidJob when the image or a path is empty, the working directory not absolute, a
     *     variable has no name, or a text cannot be carried (NUL)
     */
    public ContainerSpec build() {
      Carried.checkNotEmpty("image of the container", image);
      Carried.checkNotEmpty(".sif file of the container", sif);
      Carried.checkNotEmpty("working directory of the container", workingDirectory);
      if (workingDirectory != null && !workingDirectory.startsWith("/")) {
        throw new InvalidJob("the working directory of the container '" + workingDirectory
            + "' is not an absolute path of the container");
      }
      Carried.check("the options of the container", options);
      environment.forEach(Carried::checkVariable);
      return new ContainerSpec(this);
    }
  }
}
