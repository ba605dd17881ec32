// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassPathTest {
  @TempDir
  Path folder;

  private Path jar(String name, String named) throws IOException {
    Path jar = folder.resolve(name);
    Files.createDirectories(jar.getParent());
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, named);
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  /** That is what a program has that is started with {@code java -jar}. */
  @Test
  void jarsThatAJarNamesBelongToIt() throws Exception {
    Path last = jar("lib/a b.jar", "../app.jar"); // in a circle
    Path other = jar("lib/other.jar", "a%20b.jar gone.jar http://localhost/x.jar ::");
    Path app = jar("app.jar", "lib/other.jar classes/");
    Path classes = Files.createDirectory(folder.resolve("classes"));
    Path alone = jar("alone.jar", "");
    Path text = Files.writeString(folder.resolve("text"), "no jar");
    String path = String.join(
        File.pathSeparator, app.toString(), "", alone.toString(), text.toString(), "/no/such.jar");
    assertThat(ClassPath.of(List.of(path))).containsExactly(app, other, last, classes, alone, text);
  }
}
