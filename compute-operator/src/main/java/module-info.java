// SPDX-License-Identifier: Apache-2.0
/** Runs of tasks with files: prepare, submit, poll, collect. */
module io.hpclaunch.operator {
  requires transitive io.hpclaunch.api;
  requires transitive io.hpclaunch.core;
  requires com.google.gson;

  exports io.hpclaunch.operator;
}
