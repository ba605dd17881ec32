// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.hpclaunch.pool.journal;

import org.jspecify.annotations.NullMarked;
