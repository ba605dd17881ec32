// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/**
 * A plugin that could not be used. It was passed over, and harms nobody else.
 *
 * @param className the class that its services file names, or null where the file itself is broken
 * @param location the jar or folder that it came from
 * @param why what went wrong, in one line
 * @since 0.1
 */
public record PluginProblem(@Nullable String className, String location, String why) {}
