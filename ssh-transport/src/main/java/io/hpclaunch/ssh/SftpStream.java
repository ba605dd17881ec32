// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.sftp.common.SftpConstants;

/**
 * A channel for files on which many requests are under way at once: SFTP version 3,
 * draft-ietf-secsh-filexfer-02. Requests are written one behind the other into the channel's
 * packets, without waiting for answers; requests on one file are carried out in their order. One
 * thread uses it.
 */
final class SftpStream implements AutoCloseable {
  private static final String POSIX_RENAME = "posix-rename@openssh.com";
  private static final String LIMITS = "limits@openssh.com";

  /** What every server takes in one piece. */
  private static final int LEAST_CHUNK = 32 * 1024;

  private static final int MOST_CHUNK = 128 * 1024;

  /** What stands before the bytes of a packet. */
  private static final int DATA_HEAD = 9;

  private static final Duration UNTIL_CLOSED = Duration.ofDays(365);

  private static final Source NOTHING = buffer -> {};

  /** A piece, what stands before it, and a few requests. */
  private static final int BUFFER = MOST_CHUNK + LEAST_CHUNK;

  /** The bytes of files that may be under way at once. */
  private static final int MOST_UNDER_WAY = 4 * 1024 * 1024;

  private final ChannelSubsystem channel;
  private final int packetSize;
  private final SftpAnswers answers;
  private final Map<Integer, Awaited> awaited = new HashMap<>();
  private final ByteBuffer request = ByteBuffer.allocate(BUFFER);
  private long bytesUnderWay;
  private int nextId;
  private boolean replaces;
  private int chunk = LEAST_CHUNK;

  private SftpStream(ChannelSubsystem channel, SftpAnswers answers) {
    this.channel = channel;
    this.answers = answers;
    packetSize = (int) channel.getRemoteWindow().getPacketSize();
  }

  /** Takes the answer to a request. */
  @FunctionalInterface
  interface Handler {
    void answered(SftpAnswer answer) throws IOException;
  }

  /** Who waits for an answer, and how many bytes of a file are on their way until it comes. */
  private record Awaited(Handler handler, int bytes) {}

  /** Opens the channel; its slot of the link is given back when it is closed. */
  static SftpStream open(Link link, ClientSession session, Duration limit) throws IOException {
    SftpAnswers answers = new SftpAnswers();
    ChannelSubsystem channel = session.createSubsystemChannel("sftp");
    channel.setOut(answers);
    channel.addCloseFutureListener(closed -> answers.ended());
    Link.await(channel, limit);
    SftpStream stream = new SftpStream(channel, answers);
    try {
      stream.greet();
      channel.addCloseFutureListener(closed -> link.released());
      return stream;
    } catch (IOException | RuntimeException e) {
      channel.close(true);
      throw e;
    }
  }

  private void greet() throws IOException {
    request.putInt(5).put((byte) SftpConstants.SSH_FXP_INIT).putInt(SftpConstants.SFTP_V3);
    flush();
    ByteBuffer version = answers.take();
    if (version.get() != SftpConstants.SSH_FXP_VERSION) {
      throw new StreamCorruptedException("the host's sftp does not speak SFTP");
    }
    version.getInt();
    boolean tellsLimits = false;
    while (version.hasRemaining()) {
      String extension = text(version);
      replaces |= extension.equals(POSIX_RENAME);
      tellsLimits |= extension.equals(LIMITS);
      text(version);
    }
    if (tellsLimits) {
      send(SftpConstants.SSH_FXP_EXTENDED, new Body().text(LIMITS), this::limited);
      receive();
    }
  }

  /**
   * OpenSSH's PROTOCOL, 4.8: most of a packet, of a read, of a write, of open handles; 0: unknown.
   */
  private void limited(SftpAnswer answer) {
    ByteBuffer limits = answer.extended();
    if (limits != null && limits.remaining() >= 24) {
      limits.getLong();
      long most = Math.min(limits.getLong(), limits.getLong());
      chunk = (int) Math.max(LEAST_CHUNK, Math.min(MOST_CHUNK, most));
    }
  }

  /** How much is asked for or written in one request. */
  int chunk() {
    return chunk;
  }

  /** Whether more may be sent before an answer is awaited. */
  boolean hasRoom() {
    return bytesUnderWay < MOST_UNDER_WAY;
  }

  /** What a request says behind its number. */
  static final class Body {
    private ByteBuffer bytes = ByteBuffer.allocate(256);

    Body text(String text) {
      return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    Body bytes(byte[] some) {
      room(4 + some.length);
      bytes.putInt(some.length).put(some);
      return this;
    }

    Body number(int number) {
      room(4);
      bytes.putInt(number);
      return this;
    }

    Body number(long number) {
      room(8);
      bytes.putLong(number);
      return this;
    }

    private void room(int more) {
      if (bytes.remaining() < more) {
        bytes = ByteBuffer.allocate(2 * (bytes.position() + more)).put(bytes.flip());
      }
    }
  }

  /** Sends a request that moves no bytes of a file. */
  void send(int type, Body body, Handler handler) throws IOException {
    send(type, body, 0, NOTHING, 0, handler);
  }

  /** Asks for bytes of a file. */
  void read(byte[] handle, long offset, int length, Handler handler) throws IOException {
    Body body = new Body().bytes(handle).number(offset).number(length);
    send(SftpConstants.SSH_FXP_READ, body, 0, NOTHING, length, handler);
  }

  /** Gives bytes of a file: fills the buffer. */
  @FunctionalInterface
  interface Source {
    void fill(ByteBuffer buffer) throws IOException;
  }

  /** Sends bytes of a file. Where the source fails nothing is sent. */
  void write(byte[] handle, long offset, int length, Source source, Handler handler)
      throws IOException {
    Body body = new Body().bytes(handle).number(offset).number(length);
    send(SftpConstants.SSH_FXP_WRITE, body, length, source, length, handler);
  }

  /** It goes out when there is enough for a packet, or when an answer is awaited. */
  private void send(int type, Body body, int more, Source source, int underWay, Handler handler)
      throws IOException {
    ByteBuffer head = body.bytes.flip();
    int length = 1 + 4 + head.remaining() + more;
    if (request.remaining() < 4 + length) {
      flush();
    }
    int begin = request.position();
    int id = nextId++;
    request.putInt(length).put((byte) type).putInt(id).put(head);
    try {
      int end = request.position() + more;
      source.fill(request.slice(request.position(), more));
      request.position(end);
    } catch (IOException e) {
      request.position(begin);
      throw e;
    }
    awaited.put(id, new Awaited(handler, underWay));
    bytesUnderWay += underWay;
    if (request.position() >= LEAST_CHUNK) {
      flush();
    }
  }

  /** Removes a file, if it is there. */
  void remove(String path) throws IOException {
    send(SftpConstants.SSH_FXP_REMOVE, new Body().text(path), answer -> {});
  }

  /** Renames, in place of what stood there. */
  void rename(String source, String target, Handler handler) throws IOException {
    if (replaces) {
      send(
          SftpConstants.SSH_FXP_EXTENDED,
          new Body().text(POSIX_RENAME).text(source).text(target),
          handler);
    } else {
      // Version 3 does not replace: for a moment nothing is there.
      remove(target);
      send(SftpConstants.SSH_FXP_RENAME, new Body().text(source).text(target), handler);
    }
  }

  /** Sends what was written so far, in packets, as far as the host has room for them. */
  private void flush() throws IOException {
    request.flip();
    while (request.hasRemaining()) {
      int length = Math.min(request.remaining(), packetSize);
      Session session = channel.getSession();
      Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, length + DATA_HEAD);
      packet.putUInt(channel.getRecipient());
      packet.putUInt(length);
      packet.putRawBytes(request.array(), request.position(), length);
      request.position(request.position() + length);
      awaitRoom(length);
      // Whether it was written shows in the answers: a connection that was lost ends them.
      session.writePacket(packet);
    }
    request.clear();
  }

  private void awaitRoom(int length) throws IOException {
    try {
      channel.getRemoteWindow().waitAndConsume(length, UNTIL_CLOSED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /** Waits for one answer, and gives it to who asked; false where none is awaited. */
  boolean receive() throws IOException {
    if (awaited.isEmpty()) {
      return false;
    }
    if (!answers.isReady()) {
      flush();
    }
    ByteBuffer answer = answers.take();
    int type = answer.get();
    Awaited who = awaited.remove(answer.getInt());
    if (who == null) {
      throw new StreamCorruptedException("the host's sftp answers what nobody asked");
    }
    bytesUnderWay -= who.bytes();
    who.handler().answered(new SftpAnswer(type, answer));
    return true;
  }

  private static String text(ByteBuffer from) {
    byte[] bytes = new byte[from.getInt()];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    channel.close(false);
  }

  /** Ends it from another thread: who waits for an answer is told so. */
  void cut() {
    channel.close(true);
  }
}
