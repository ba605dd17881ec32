// SPDX-License-Identifier: Apache-2.0
/** What backends and launchers promise, as JUnit tests that the author of a plugin extends. */
@NullMarked
package io.hpclaunch.testkit;

import org.jspecify.annotations.NullMarked;
