// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the moments in which a client may be killed, and stops for good at one of them: before and
 * after each call of the backend and of its transport, whenever bytes of a file have arrived, and
 * whenever the clock is looked at, which is before each write of a state.
 */
final class Deadly {
  private final int last;
  private final AtomicInteger moments = new AtomicInteger();

  Deadly(int last) {
    this.last = last;
  }

  private void moment(String what) {
    if (moments.incrementAndGet() == last) {
      System.out.println("at " + what);
      System.out.flush();
      try {
        new CountDownLatch(1).await(); // whoever reads the line kills this process
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Backend around(Backend backend) {
    Transport transport = around(Transport.class, backend.transport());
    return proxy(Backend.class, (method, arguments) -> {
      if (method.getName().equals("transport")) {
        return transport;
      }
      return around(backend, method, arguments);
    });
  }

  private <T> T around(Class<T> type, T real) {
    return proxy(type, (method, arguments) -> around(real, method, arguments));
  }

  private Object around(Object real, Method method, Object[] arguments) throws Throwable {
    String name = real.getClass().getSimpleName() + "." + method.getName();
    for (int i = 0; arguments != null && i < arguments.length; i++) {
      if (arguments[i] instanceof CopyProgress progress) {
        arguments[i] = around(progress);
      }
    }
    moment("before " + name);
    try {
      Object answer = method.invoke(real, arguments);
      moment("after " + name);
      return answer;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private CopyProgress around(CopyProgress progress) {
    return new CopyProgress() {
      @Override
      public void copied(FileCopy file, long bytes) {
        progress.copied(file, bytes);
        moment("in the middle of " + file.there());
      }

      @Override
      public void finished(FileCopy file) {
        progress.finished(file);
        moment("at the end of " + file.there());
      }
    };
  }

  Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Instant instant() {
        moment("a look at the clock");
        return Instant.now();
      }
    };
  }

  private interface Behaviour {
    Object call(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Behaviour behaviour) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> behaviour.call(method, arguments)));
  }
}
