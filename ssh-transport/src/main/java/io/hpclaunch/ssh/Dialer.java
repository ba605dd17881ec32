// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.BackendUnavailable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.BaseBuilder;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects and logs in. Made for one target; holds the threads of its connections. */
final class Dialer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Dialer.class);
  private static final AttributeRepository.AttributeKey<Login> LOGIN =
      new AttributeRepository.AttributeKey<>();

  private static final Duration MOMENT = Duration.ofMillis(500);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Surroundings surroundings;
  private final Map<Path, KeyPair> opened = new ConcurrentHashMap<>();
  private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();
  private @Nullable SshClient client;

  Dialer(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Logs in to a host, through others where the way leads through some. Their connections end with
   * that to the host, and it with theirs.
   *
   * @throws BackendUnavailable when that fails; one line says why and what to do
   */
  ClientSession dial(Target target) {
    ClientSession last = null;
    try {
      for (Target hop : hops(target)) {
        ClientSession next = last == null ? login(hop, addresses(hop), null) : through(last, hop);
        if (last != null) {
          tie(last, next);
        }
        last = next;
      }
      return Objects.requireNonNull(last);
    } catch (RuntimeException e) {
      if (last != null) {
        last.close(true);
      }
      throw e;
    }
  }

  private static List<Target> hops(Target target) {
    List<Target> all = new ArrayList<>(target.jumps());
    all.add(target);
    return all;
  }

  private static void tie(ClientSession one, ClientSession other) {
    one.addCloseFutureListener(closed -> other.close(true));
    other.addCloseFutureListener(closed -> one.close(true));
  }

  private static List<SocketAddress> addresses(Target target) {
    try {
      List<SocketAddress> all = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(target.hostName())) {
        all.add(new InetSocketAddress(address, target.port()));
      }
      return all;
    } catch (UnknownHostException e) {
      throw new BackendUnavailable(
          "cannot reach " + target.name() + ": nobody knows a host '" + target.hostName()
              + "': check host, or HostName in ~/.ssh/config",
          e);
    }
  }

  /** By a port here that leads to the next host, and is closed as soon as we are through. */
  private ClientSession through(ClientSession session, Target next) {
    ExplicitPortForwardingTracker tunnel;
    try {
      tunnel = session.createLocalPortForwardingTracker(
          SshdSocketAddress.LOCALHOST_ADDRESS, new SshdSocketAddress(next.hostName(), next.port()));
    } catch (IOException e) {
      throw new BackendUnavailable(
          "cannot reach " + next.name() + ": no way through the jump host: " + OneLine.of(e), e);
    }
    try {
      return login(next, List.of(tunnel.getBoundAddress().toInetSocketAddress()), session);
    } finally {
      try {
        tunnel.close();
      } catch (IOException e) {
        log.debug("The port {} stays open", tunnel.getBoundAddress(), e);
      }
    }
  }

  private ClientSession login(
      Target target, List<SocketAddress> addresses, @Nullable ClientSession through) {
    Login login = new Login(target, surroundings, opened);
    long deadline = System.nanoTime() + target.connectTimeout().toNanos();
    ClientSession session = null;
    try {
      session = connect(login, addresses);
      session.auth().verify(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      return session;
    } catch (IOException | RuntimeException e) {
      String why = why(e, session, login, through);
      if (session != null) {
        session.close(true);
      }
      throw new BackendUnavailable("cannot reach " + target.name() + ": " + why, e);
    }
  }

  /** The first of its addresses that answers. */
  private ClientSession connect(Login login, List<SocketAddress> addresses) throws IOException {
    Target target = login.target();
    IOException failure = new ConnectException("no address");
    for (SocketAddress address : addresses) {
      try {
        ClientSession session = client()
            .connect(target.user(), address, AttributeRepository.ofKeyValuePair(LOGIN, login))
            .verify(target.connectTimeout().dividedBy(addresses.size()))
            .getSession();
        sessions.add(session);
        session.addCloseFutureListener(closed -> sessions.remove(session));
        return session;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private static String why(
      Exception error,
      @Nullable ClientSession session,
      Login login,
      @Nullable ClientSession through) {
    Target target = login.target();
    if (login.refusal() != null) {
      return login.refusal();
    }
    if (find(error, ConnectException.class) != null) {
      return target.address() + " refuses the connection: check host and port, and that sshd runs"
          + " there";
    }
    if (find(error, NoRouteToHostException.class) != null) {
      return "no way leads to " + target.address() + ": check the network";
    }
    if (find(error, TimeoutException.class) != null) {
      return stalled(session, target);
    }
    SshException ours = find(error, SshException.class);
    if (ours != null
        && ours.getDisconnectCode()
            == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
      return login.failure();
    }
    if (session != null && session.getServerVersion() == null && through != null) {
      return "the jump host " + login(through).target().name() + " finds nobody at "
          + target.address() + ": check host and port";
    }
    if (session != null && session.getServerVersion() == null) {
      return target.address() + " has closed the connection before it said a word: it may have too"
          + " many, or be no SSH server (" + OneLine.of(error) + ")";
    }
    return OneLine.of(error);
  }

  private static String stalled(@Nullable ClientSession session, Target target) {
    String state = session == null
        ? "does not answer"
        : session.getServerVersion() == null
            ? "accepts the connection and says nothing"
            : session.getServerKey() == null || session.getSessionId() == null
                ? "does not finish the exchange of keys"
                : "does not finish the login";
    return target.address() + " " + state + " within " + seconds(target.connectTimeout())
        + " s: check host and port, or raise connect_timeout";
  }

  static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0
        ? Long.toString(time.toSeconds())
        : Double.toString(time.toMillis() / 1000.0);
  }

  private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private synchronized SshClient client() {
    if (client == null) {
      JdkEd25519.register();
      SshClient made = SshClient.setUpDefaultClient();
      int threads = CoreModuleProperties.NIO_WORKERS.getRequired(made);
      made.setIoServiceFactoryFactory(
          new Nio2ServiceFactoryFactory(() -> EventThreads.start(threads, "hpc-ssh")));
      made.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
      made.setKeyIdentityProvider(
          session -> login((ClientSession) Objects.requireNonNull(session)).keyPairs());
      made.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
      made.setServerKeyVerifier((session, address, key) -> login(session).believes(key));
      made.setAgentFactory(new Agents());
      made.addSessionListener(new Options());
      made.setCipherFactories(ciphers());
      CoreModuleProperties.IDLE_TIMEOUT.set(made, Duration.ZERO);
      CoreModuleProperties.NIO2_READ_TIMEOUT.set(made, Duration.ZERO);
      CoreModuleProperties.TCP_NODELAY.set(made, true);
      // A program may take its time to read; the command's own limit ends it.
      CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(made, Duration.ofDays(365));
      made.start();
      client = made;
    }
    return client;
  }

  /** First those that Java leaves to the processor. */
  private static List<NamedFactory<Cipher>> ciphers() {
    List<NamedFactory<Cipher>> all =
        new ArrayList<>(List.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm));
    for (NamedFactory<Cipher> other : BaseBuilder.setUpDefaultCiphers(true)) {
      if (!all.contains(other)) {
        all.add(other);
      }
    }
    return all;
  }

  private static Login login(Session session) {
    AttributeRepository context =
        Objects.requireNonNull(((ClientSession) session).getConnectionContext());
    return Objects.requireNonNull(context.getAttribute(LOGIN));
  }

  /** The threads end last: what still closes, as that to a jump host may, would find them gone. */
  @Override
  public synchronized void close() {
    sessions.forEach(session -> session.close(true));
    sessions.forEach(
        session -> session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), MOMENT));
    if (client != null) {
      client.stop();
      client = null;
    }
  }

  /** What differs from host to host. */
  private static final class Options implements SessionListener {
    @Override
    public void sessionCreated(Session session) {
      Target target = login(session).target();
      // Ours ends it first, and says how far it came.
      CoreModuleProperties.AUTH_TIMEOUT.set(session, target.connectTimeout().plus(MINUTE));
    }

    /** A key that known_hosts has first; no certificates. */
    @Override
    public void sessionNegotiationOptionsCreated(
        Session session, Map<KexProposalOption, String> proposal) {
      Set<String> known;
      try {
        known = new KnownHosts(login(session).target()).types();
      } catch (IOException e) {
        known = Set.of(); // it is told when the key is looked up
      }
      String offered = proposal.getOrDefault(KexProposalOption.SERVERKEYS, "");
      List<String> first = new ArrayList<>();
      List<String> rest = new ArrayList<>();
      for (String algorithm : Arrays.asList(offered.split(","))) {
        if (!algorithm.contains("-cert-")) {
          (known.contains(keyType(algorithm)) ? first : rest).add(algorithm);
        }
      }
      first.addAll(rest);
      proposal.put(KexProposalOption.SERVERKEYS, String.join(",", first));
    }

    /** RSA keys sign in three ways. */
    private static String keyType(String algorithm) {
      return algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm;
    }
  }

  /** The user's agent, for logging in here only: none is forwarded. */
  private static final class Agents implements SshAgentFactory {
    @Override
    public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
      return List.of();
    }

    @Override
    public @Nullable SshAgent createClient(@Nullable Session session, FactoryManager manager) {
      return session == null ? null : login(session).agent();
    }

    @Override
    public SshAgentServer createServer(ConnectionService service) {
      throw new UnsupportedOperationException("agents are not forwarded");
    }
  }
}
