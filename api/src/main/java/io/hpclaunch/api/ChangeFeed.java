// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * A backend whose scheduler tells of changes by itself, as Kubernetes does. Core asks it for
 * observations as soon as something has changed, and besides at the intervals of any other backend.
 *
 * @since 0.1
 */
public interface ChangeFeed {
  /**
   * Begins to listen. Called when the first job is followed, once at most; ended by
   * {@link HPCBackend#close}.
   *
   * @param changed to be run whenever {@link HPCBackend#query} would answer something new. Runs on
   *     any thread, returns at once and may be called too often
   */
  void follow(Runnable changed);
}
