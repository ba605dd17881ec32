# SPDX-License-Identifier: Apache-2.0
"""A small PBS for tests: it answers as OpenPBS or Torque do, and really runs its jobs."""
