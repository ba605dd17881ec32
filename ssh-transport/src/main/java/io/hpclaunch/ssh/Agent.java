// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * An agent behind its socket. MINA SSHD speaks with agents, but reaches their sockets by a native
 * library only.
 */
final class Agent extends AbstractAgentProxy {
  private static final int LONGEST_ANSWER = 1 << 20;

  private final SocketChannel socket;
  private final UnaryOperator<List<Map.Entry<PublicKey, String>>> choice;

  private Agent(SocketChannel socket, UnaryOperator<List<Map.Entry<PublicKey, String>>> choice) {
    super(null);
    this.socket = socket;
    this.choice = choice;
  }

  /**
   * Connects.
   *
   * @param choice which of its keys are tried, and in what order
   */
  static Agent connect(Path path, UnaryOperator<List<Map.Entry<PublicKey, String>>> choice)
      throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of(path));
      return new Agent(socket, choice);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Iterable<? extends Map.Entry<PublicKey, String>> getIdentities() throws IOException {
    List<Map.Entry<PublicKey, String>> all = new ArrayList<>();
    super.getIdentities().forEach(all::add);
    return choice.apply(all);
  }

  @Override
  protected synchronized Buffer request(Buffer request) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(request.array(), request.rpos(), request.available());
    while (out.hasRemaining()) {
      socket.write(out);
    }
    int length = read(Integer.BYTES).getInt();
    if (length < 1 || length > LONGEST_ANSWER) {
      throw new IOException("the agent has answered with " + length + " bytes: is it one?");
    }
    return new ByteArrayBuffer(read(length).array());
  }

  private ByteBuffer read(int length) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(length);
    while (in.hasRemaining()) {
      if (socket.read(in) < 0) {
        throw new EOFException("the agent has closed the connection");
      }
    }
    return in.flip();
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    super.close();
  }
}
