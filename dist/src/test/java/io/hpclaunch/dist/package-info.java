// SPDX-License-Identifier: Apache-2.0
/** End-to-end tests: the unpacked tarball, used as a user would. */
@NullMarked
package io.hpclaunch.dist;

import org.jspecify.annotations.NullMarked;
