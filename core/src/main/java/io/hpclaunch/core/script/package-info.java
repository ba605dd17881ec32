// SPDX-License-Identifier: Apache-2.0
/** The script that a job runs on its node, and the exit record that it leaves. */
@NullMarked
package io.hpclaunch.core.script;

import org.jspecify.annotations.NullMarked;
