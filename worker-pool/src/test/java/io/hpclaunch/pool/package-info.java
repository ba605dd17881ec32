// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.hpclaunch.pool;

import org.jspecify.annotations.NullMarked;
