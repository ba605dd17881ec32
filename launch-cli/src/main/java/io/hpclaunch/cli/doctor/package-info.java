// SPDX-License-Identifier: Apache-2.0
/** What {@code hpc doctor} looks at. */
@NullMarked
package io.hpclaunch.cli.doctor;

import org.jspecify.annotations.NullMarked;
