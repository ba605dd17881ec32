// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.JsonObject;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobRegister;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which registers remember the jobs of a run, by backend: {@code registers.json}. They are noted
 * before the first job is submitted. A client with another one would take jobs that run for lost,
 * and run them again.
 */
final class Registers {
  private static final String FILE = "registers.json";

  private final Path file;
  private final String run;
  private final Set<String> checked = new HashSet<>();

  Registers(Path folder, String run) {
    file = folder.resolve(FILE);
    this.run = run;
  }

  /**
   * Notes the register of a backend, or compares it with the one noted.
   *
   * @throws InvalidConfiguration when it is another one
   * @throws IOException when it cannot be read or noted
   */
  void require(Backend backend) throws IOException {
    if (checked.contains(backend.name())) {
      return;
    }
    Optional<JobRegister.Identity> own = backend.register();
    JsonObject all = Documents.read(file).orElseGet(Documents::empty);
    if (all.has(backend.name())) {
      compare(backend.name(), all.getAsJsonObject(backend.name()), own);
    } else if (own.isPresent()) {
      JsonObject which = new JsonObject();
      which.addProperty("id", own.get().id());
      which.addProperty("place", own.get().place());
      all.add(backend.name(), which);
      Documents.write(file, all);
    }
    checked.add(backend.name());
  }

  private void compare(String backend, JsonObject noted, Optional<JobRegister.Identity> own) {
    String id = Fields.text(noted, "id");
    if (own.isEmpty() || !own.get().id().equals(id)) {
      throw new InvalidConfiguration("run " + run + ": its jobs on backend " + backend
          + " are remembered in " + Fields.text(noted, "place") + ", and not in this client's"
          + " state folder: call it with that one (HPC_STATE_DIR), or remove " + file
          + " where nothing of them runs any more");
    }
  }
}
