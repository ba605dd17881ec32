// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java processes of their own, for tests. */
final class Children {
  private Children() {}

  static Process start(Class<?> main, String... arguments) throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-Xshare:auto", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp"));
    argv.add(System.getProperty("java.class.path"));
    argv.add(main.getName());
    argv.addAll(List.of(arguments));
    return new ProcessBuilder(argv)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
