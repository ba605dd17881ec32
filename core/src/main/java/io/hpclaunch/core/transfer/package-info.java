// SPDX-License-Identifier: Apache-2.0
/** Copies trees of files between this machine and a host. */
@NullMarked
package io.hpclaunch.core.transfer;

import org.jspecify.annotations.NullMarked;
