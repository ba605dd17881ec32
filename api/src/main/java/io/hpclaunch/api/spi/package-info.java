// SPDX-License-Identifier: Apache-2.0
/** How the API finds core. Neither users nor plugin authors need this package. */
@NullMarked
package io.hpclaunch.api.spi;

import org.jspecify.annotations.NullMarked;
