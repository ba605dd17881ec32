// SPDX-License-Identifier: Apache-2.0
/** The commands of {@code hpc} about jobs: written against the API, for every backend alike. */
@NullMarked
package io.hpclaunch.cli.job;

import org.jspecify.annotations.NullMarked;
