// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.core.script.PathTemplate;
import io.hpclaunch.core.store.JobRecord;
import org.jspecify.annotations.Nullable;

/** Where the files of a job are. Relative paths of a job count from its working directory. */
final class JobPaths {
  private JobPaths() {}

  /** Whether a job is an array that has an element. */
  static boolean hasElement(JobRecord record, int index) {
    return record.array() != null && contains(record.array(), index);
  }

  static boolean contains(ArrayRange array, int index) {
    return index >= array.first()
        && index <= array.last()
        && (index - array.first()) % array.step() == 0;
  }

  /** A path of the spec as an absolute one, in which {@code {id}} and {@code {index}} stand. */
  static String absolute(String path, String workingDirectory) {
    return path.startsWith("/") ? path : workingDirectory + "/" + path;
  }

  /** The file for one of the outputs: as named, else in the job's folder. */
  static String output(@Nullable String given, String own, JobSpec spec, String folder) {
    if (given != null) {
      return absolute(given, String.valueOf(spec.workingDirectory()));
    }
    return folder + "/" + own + (spec.array() == null ? "" : ".{index}");
  }

  /** The file of a log; of an array with {@code {index}} in it. */
  static String log(JobRecord record, @Nullable String template, String own) {
    ArrayRange array = record.array();
    String path = template != null
        ? template
        : record.jobFolder() + "/" + own + (array == null ? "" : ".{index}");
    String id = record.id().nativeId().value();
    return array == null ? PathTemplate.resolve(path, id, null) : PathTemplate.resolve(path, id);
  }
}
