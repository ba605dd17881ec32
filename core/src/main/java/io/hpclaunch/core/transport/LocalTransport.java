// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transport;

import com.google.common.io.ByteStreams;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Commands and files on this machine. It holds nothing open between calls. */
public final class LocalTransport implements Transport {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Makes a transport. */
  public LocalTransport() {}

  @Override
  public String host() {
    return "localhost";
  }

  @Override
  public boolean isLocal() {
    return true;
  }

  @Override
  public CommandResult run(Command command) throws IOException {
    return LocalCommand.run(command);
  }

  @Override
  public RunningCommand start(Command command) throws IOException {
    return LocalRunning.start(command);
  }

  @Override
  public void put(Path source, String target) throws IOException {
    copy(source, path(target));
  }

  @Override
  public void get(String source, Path target) throws IOException {
    copy(path(source), target);
  }

  @Override
  public void write(byte[] content, String target, int mode) throws IOException {
    Path end = path(target);
    Path temporary = beside(end);
    try {
      Files.createFile(temporary, OWNER_ONLY);
      Files.write(temporary, content);
      setMode(temporary, mode);
      move(temporary, end);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public InputStream read(String path, long offset) throws IOException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset);
    }
    FileChannel file = FileChannel.open(path(path), StandardOpenOption.READ);
    try {
      long size = file.size();
      file.position(Math.min(offset, size));
      return ByteStreams.limit(Channels.newInputStream(file), Math.max(0, size - offset));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public List<FileStat> list(String path) throws IOException {
    List<FileStat> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(path))) {
      for (Path entry : entries) {
        FileStat stat = look(entry);
        if (stat != null) {
          found.add(stat);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparing(FileStat::path));
    return List.copyOf(found);
  }

  @Override
  public Optional<FileStat> stat(String path) throws IOException {
    return Optional.ofNullable(look(path(path)));
  }

  @Override
  public void rename(String source, String target) throws IOException {
    move(path(source), path(target));
  }

  @Override
  public boolean mkdir(String path, int mode) throws IOException {
    Path folder = path(path);
    try {
      Files.createDirectory(folder, OWNER_ONLY_FOLDER);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    setMode(folder, mode);
    return true;
  }

  @Override
  public void setAttributes(String path, int mode, Instant modified) throws IOException {
    Files.setLastModifiedTime(path(path), FileTime.from(modified));
    Files.setAttribute(path(path), "unix:mode", mode);
  }

  @Override
  public String readLink(String path) throws IOException {
    return Files.readSymbolicLink(path(path)).toString();
  }

  @Override
  public void makeLink(String text, String path) throws IOException {
    Files.createSymbolicLink(path(path), Path.of(text));
  }

  @Override
  public void remove(String path) throws IOException {
    Path top = path(path);
    if (Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(top, new Remover());
    }
  }

  @Override
  public void close() {}

  private static void copy(Path source, Path target) throws IOException {
    Path temporary = beside(target);
    try {
      Map<String, Object> facts = Files.readAttributes(source, "unix:mode,lastModifiedTime");
      Files.copy(source, temporary);
      // Neither owner nor group: the copy belongs to who makes it.
      setMode(temporary, fact(facts, "mode", Integer.class) & 0777);
      Files.setLastModifiedTime(temporary, fact(facts, "lastModifiedTime", FileTime.class));
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void move(Path source, Path target) throws IOException {
    Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A short name: the target's own may be as long as a name can be. */
  private static Path beside(Path target) {
    return target.resolveSibling(".hpc-" + UUID.randomUUID() + ".tmp");
  }

  /** The umask has no say in this. */
  private static void setMode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
  }

  private static @Nullable FileStat look(Path path) throws IOException {
    try {
      Map<String, Object> facts = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
      return new FileStat(
          path.toString(),
          kind(facts),
          fact(facts, "size", Long.class),
          fact(facts, "lastModifiedTime", FileTime.class).toInstant(),
          fact(facts, "mode", Integer.class) & 07777);
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      Path parent = path.getParent();
      if (parent != null && Files.exists(parent) && !Files.isDirectory(parent)) {
        return null; // nothing is below a file
      }
      throw e;
    }
  }

  private static <T> T fact(Map<String, Object> facts, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(facts.get(name), name));
  }

  private static FileStat.Kind kind(Map<String, Object> facts) {
    if (Boolean.TRUE.equals(facts.get("isSymbolicLink"))) {
      return FileStat.Kind.LINK;
    }
    if (Boolean.TRUE.equals(facts.get("isDirectory"))) {
      return FileStat.Kind.FOLDER;
    }
    return Boolean.TRUE.equals(facts.get("isRegularFile"))
        ? FileStat.Kind.FILE
        : FileStat.Kind.OTHER;
  }

  /**
   * A path of this machine.
   *
   * @param text the absolute path
   * @return the same as Java has it
   * @throws IOException when this locale has no letters for it
   */
  public static Path path(String text) throws IOException {
    Path path;
    try {
      path = Path.of(text);
    } catch (InvalidPathException e) {
      String remedy = text.indexOf('\0') >= 0
          ? "it holds a NUL"
          : "this locale has no letters for it: set LC_ALL=C.UTF-8";
      throw new IOException("cannot use the path '" + text.replace('\0', '?') + "': " + remedy, e);
    }
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("not an absolute path: '" + text + "'");
    }
    return path;
  }

  /** Removes what is there when it comes by; what others removed in between is as good. */
  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
        throws IOException {
      if (e != null && !(e instanceof NoSuchFileException)) {
        throw e;
      }
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
