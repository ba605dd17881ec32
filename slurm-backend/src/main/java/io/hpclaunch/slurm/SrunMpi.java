// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The implementations of MPI that need a plugin of srun's of their own. With the wrong one a
 * program of MPICH's runs as that many programs of one rank, and says nothing.
 */
enum SrunMpi {
  /** Open MPI from 2. */
  OPEN_MPI("pmix"),
  /** MPICH, and those that share its binary interface, such as Intel's and MVAPICH. */
  MPICH("pmi2");

  private final String type;

  SrunMpi(String type) {
    this.type = type;
  }

  /** What {@code --mpi} calls the plugin. */
  String type() {
    return type;
  }

  /**
   * Recognises an implementation.
   *
   * @param libraries those that a program names, such as {@code libmpi.so.40}
   * @return the implementation, or null for none, or one that is not known
   */
  static @Nullable SrunMpi of(List<String> libraries) {
    for (String library : libraries) {
      int suffix = library.indexOf(".so.");
      if (suffix > 0 && library.startsWith("libmpi")) {
        String name = library.substring(0, suffix);
        String version = library.substring(suffix + ".so.".length());
        if (version.equals("40") || version.equals("20")) {
          return OPEN_MPI;
        }
        if (version.equals("12") && isMpich(name)) {
          return MPICH;
        }
      }
    }
    return null;
  }

  /** Others of that version, such as Cray's libmpi_cray, have plugins of their own. */
  private static boolean isMpich(String name) {
    return name.startsWith("libmpich")
        || name.equals("libmpi")
        || name.equals("libmpifort")
        || name.equals("libmpicxx");
  }

  /** Makes of the answer to {@code srun --mpi=list} the types, with a blank around each. */
  static final class Types implements UnaryOperator<String> {
    @Override
    public String apply(String answer) {
      StringBuilder types = new StringBuilder(" ");
      for (String line : answer.split("\n", -1)) {
        String[] words = line.replace("srun:", "").strip().split("\\s+", -1);
        boolean told = words.length == 1 && !words[0].isEmpty();
        types.append(told ? words[0] + " " : "");
      }
      return types.toString();
    }

    static boolean have(String types, SrunMpi mpi) {
      return Arrays.asList(types.split(" ", -1)).contains(mpi.type());
    }
  }
}
