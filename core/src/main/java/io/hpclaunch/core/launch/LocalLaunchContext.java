// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Topology;
import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A launch on this machine. */
final class LocalLaunchContext implements LaunchContext {
  private final LaunchEnvironment world;
  private final String requestedName;
  private final LaunchSettings settings;
  private final TopologyOverride override;
  private final Executables executables;
  private @Nullable HPCLauncher launcher;
  private @Nullable Topology best;
  private @Nullable Topology machine;

  /** What the configuration says of the machine; a null is what the machine itself has. */
  record TopologyOverride(
      @Nullable Integer nodes,
      @Nullable Integer socketsPerNode,
      @Nullable Integer coresPerSocket) {
    static final TopologyOverride NONE = new TopologyOverride(null, null, null);
  }

  LocalLaunchContext(
      LaunchEnvironment world,
      String requestedName,
      LaunchSettings settings,
      TopologyOverride override) {
    this.world = world;
    this.requestedName = requestedName;
    this.settings = settings;
    this.override = override;
    String path = settings.variables().get("PATH");
    this.executables = new Executables(
        path != null ? path : world.variables().get("PATH"), world.workingDirectory());
  }

  @Override
  public String requestedName() {
    return requestedName;
  }

  @Override
  public LaunchSettings settings() {
    return settings;
  }

  /** Who may know the machine better than the machine that plans. */
  void launchedBy(HPCLauncher launcher) {
    this.launcher = launcher;
  }

  @Override
  public Topology topology() {
    Integer nodes = override.nodes();
    Integer sockets = override.socketsPerNode();
    Integer cores = override.coresPerSocket();
    if (nodes != null && sockets != null && cores != null) {
      return new Topology(nodes, sockets, cores);
    }
    Topology known = best();
    return new Topology(
        nodes == null ? known.nodes() : nodes,
        sockets == null ? known.socketsPerNode() : sockets,
        cores == null ? known.coresPerSocket() : cores);
  }

  /** Asked once: a launcher may ask a whole cluster. */
  private Topology best() {
    Topology known = best;
    if (known == null) {
      Optional<Topology> theirs = launcher == null ? Optional.empty() : launcher.topology(this);
      known = theirs.isPresent() ? theirs.get() : machine();
      best = known;
    }
    return known;
  }

  @Override
  public int localCores() {
    return Math.min(machine().cores(), Runtime.getRuntime().availableProcessors());
  }

  private Topology machine() {
    Topology known = machine;
    if (known == null) {
      known = Machine.topology(world.cpuinfo(), Runtime.getRuntime().availableProcessors());
      machine = known;
    }
    return known;
  }

  @Override
  public @Nullable String environment(String name) {
    return world.variables().get(name);
  }

  @Override
  public Optional<Path> which(String program) {
    return executables.find(program);
  }

  @Override
  public boolean superuser() {
    return world.superuser();
  }

  @Override
  public Path script(String name, URL content) {
    Path installed = world.libexec() == null ? null : world.libexec().resolve(name);
    return installed != null && Files.isExecutable(installed) ? installed : unpack(name, content);
  }

  /** Where no installation has the script: a copy in the state folder, named by its content. */
  private Path unpack(String name, URL content) {
    try (InputStream in = content.openStream()) {
      byte[] bytes = in.readAllBytes();
      CRC32 sum = new CRC32();
      sum.update(bytes);
      Path folder = world.stateFolder().resolve("cache").resolve("scripts");
      Path file = folder.resolve(name + "-" + Long.toHexString(sum.getValue()));
      if (!Files.isExecutable(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
        StateFolder.create(folder);
        Path temporary = Files.createTempFile(folder, name, null);
        Files.write(temporary, bytes);
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx------"));
        Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
      }
      return file;
    } catch (IOException e) {
      throw new BackendUnavailable("cannot unpack " + name + " into the state folder: " + e, e);
    }
  }

  @Override
  public String ask(Path executable, List<String> arguments, UnaryOperator<String> digest) {
    return new AnswerCache(world.stateFolder().resolve("cache").resolve("answers"))
        .ask(executable, arguments, digest);
  }
}
