// SPDX-License-Identifier: Apache-2.0
/** The transport {@code ssh}: hosts that are reached through SSH. */
@SuppressWarnings("requires-automatic") // Apache MINA SSHD has no module descriptors yet
module io.hpclaunch.ssh {
  requires transitive io.hpclaunch.api;
  requires io.hpclaunch.core;
  requires org.apache.sshd.osgi;
  requires org.apache.sshd.sftp;
  requires org.slf4j;

  exports io.hpclaunch.ssh;

  provides io.hpclaunch.api.transport.TransportProvider with
      io.hpclaunch.ssh.SshTransportProvider;
}
