// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.common.channel.StreamingChannel;

/**
 * A channel to the host's sftp. Packets are written to it without a copy, and what comes goes
 * straight to who takes it apart.
 */
final class SftpChannel extends ChannelSubsystem {
  private final SftpAnswers answers;

  SftpChannel(SftpAnswers answers) {
    super("sftp");
    this.answers = answers;
    setStreaming(StreamingChannel.Streaming.Async);
  }

  @Override
  protected void doOpen() throws IOException {
    super.doOpen();
    asyncOut = null;
    out = answers;
  }
}
