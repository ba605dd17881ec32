// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/** This machine, behind a way that fails. */
final class FaultyTransport {
  private static final Transport REAL = new LocalTransport();

  private FaultyTransport() {}

  /** One that nothing gets through. */
  static Transport unreachable() {
    return transport((method, arguments) -> {
      if (asksNobody(method)) {
        return forward(method, arguments);
      }
      throw new BackendUnavailable("the testkit has cut the way to the scheduler");
    });
  }

  /** One that must not be used. */
  static Transport forbidden() {
    return transport((method, arguments) -> {
      if (asksNobody(method)) {
        return forward(method, arguments);
      }
      throw new AssertionError("the scheduler is asked: Transport." + method.getName());
    });
  }

  /** One on which commands are run, and their answers are lost. */
  static Transport losingAnswers() {
    return transport((method, arguments) -> {
      Object answer = forward(method, arguments);
      if (method.getName().equals("run")) {
        throw new CommandFailed(
            CommandFailed.Fate.TIMED_OUT, "the testkit has lost the answer", null);
      }
      return answer;
    });
  }

  private static boolean asksNobody(Method method) {
    return Set.of("host", "isLocal", "close").contains(method.getName());
  }

  private static Transport transport(Behaviour behaviour) {
    return (Transport) Proxy.newProxyInstance(
        Transport.class.getClassLoader(),
        new Class<?>[] {Transport.class},
        (proxy, method, arguments) -> behaviour.call(method, arguments));
  }

  private static Object forward(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(REAL, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private interface Behaviour {
    Object call(Method method, Object[] arguments) throws Throwable;
  }
}
