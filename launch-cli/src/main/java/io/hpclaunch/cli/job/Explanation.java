// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import org.jspecify.annotations.Nullable;

/**
 * What an observation means for people.
 *
 * @param meaning a sentence
 * @param remedy what can be done, or null where nothing needs to be
 */
record Explanation(String meaning, @Nullable String remedy) {}
