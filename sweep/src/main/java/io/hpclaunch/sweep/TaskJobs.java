// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.KnownJob;
import java.util.HashMap;
import java.util.Map;

/** Where the jobs of a sweep are looked up. */
interface TaskJobs {
  Backend backend(String name);

  /** What is known of the elements of an array, by index; nothing is asked. */
  Map<Integer, JobInfo> elements(JobId array);

  /** Through the register of a runtime: what the state folder remembers. */
  static TaskJobs of(HpcRuntime runtime) {
    return new TaskJobs() {
      @Override
      public Backend backend(String name) {
        return runtime.backend(name);
      }

      @Override
      public Map<Integer, JobInfo> elements(JobId array) {
        return runtime.jobs().find(array).map(KnownJob::elements).orElse(Map.of());
      }
    };
  }

  /** Through a backend that this process submitted to: its jobs are followed already. */
  static TaskJobs of(Backend backend) {
    return new TaskJobs() {
      @Override
      public Backend backend(String name) {
        return backend;
      }

      @Override
      public Map<Integer, JobInfo> elements(JobId array) {
        Map<Integer, JobInfo> infos = new HashMap<>();
        for (HPCProcess element : backend.attach(array).elements()) {
          infos.put(element.id().nativeId().index(), element.info());
        }
        return infos;
      }
    };
  }
}
