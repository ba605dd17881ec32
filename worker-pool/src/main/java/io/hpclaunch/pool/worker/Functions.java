// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.SerializableCallable;
import io.hpclaunch.pool.SerializableFunction;
import io.hpclaunch.pool.TaskContext;
import io.hpclaunch.pool.code.AllowList;
import io.hpclaunch.pool.code.ObjectBytes;
import io.hpclaunch.pool.code.RefusedClassException;
import io.hpclaunch.pool.wire.Code;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The functions that tasks run, read once for all tasks that share one. */
final class Functions {
  private static final int KEPT = 64;

  private final Values values;
  private final AllowList allowed;
  private final Map<List<String>, ClassLoader> loaders = new LinkedHashMap<>();
  private final Map<Key, Loaded> functions = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Loaded> eldest) {
      return size() > KEPT;
    }
  };

  private volatile @Nullable Latest latest;

  /** Most tasks come in one message with those before them, and so have this very code. */
  private record Latest(Code.Java code, Loaded loaded) {}

  Functions(Values values, AllowList allowed) {
    this.values = values;
    this.allowed = allowed;
  }

  /** What makes two functions one. */
  private static final class Key {
    private final List<String> jars;
    private final List<String> allow;
    private final byte[] bytes;

    Key(Code.Java code, byte[] bytes) {
      this.jars = code.jars();
      this.allow = code.allow();
      this.bytes = bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && Arrays.equals(bytes, key.bytes)
          && jars.equals(key.jars)
          && allow.equals(key.allow);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /** A function whose classes are here. */
  static final class Loaded {
    private final ClassLoader loader;
    private final AllowList allowed;
    private final byte[] bytes;
    private final @Nullable Object shared;

    private Loaded(ClassLoader loader, AllowList allowed, byte[] bytes)
        throws TaskRunner.RefusedException, IOException {
      this.loader = loader;
      this.allowed = allowed;
      this.bytes = bytes;
      Object first = read();
      this.shared = hasState(first) ? null : first;
    }

    ClassLoader loader() {
      return loader;
    }

    /** A function for one task: those that hold something get a copy each. */
    Object instance() throws TaskRunner.RefusedException, IOException {
      return shared == null ? read() : shared;
    }

    private Object read() throws TaskRunner.RefusedException, IOException {
      Object function = read(bytes, "the function of the task");
      if (function instanceof Callable || function instanceof SerializableFunction) {
        return function;
      }
      throw new TaskRunner.RefusedException(
          "the task is a " + (function == null ? "null" : function.getClass().getName())
              + ", which is no Callable and no SerializableFunction",
          new ClassCastException());
    }

    @Nullable Object read(byte[] what, String name) throws TaskRunner.RefusedException, IOException {
      try {
        return ObjectBytes.read(what, loader, allowed, name);
      } catch (RefusedClassException e) {
        throw new TaskRunner.RefusedException(Objects.requireNonNull(e.getMessage()), e);
      } catch (ClassNotFoundException e) {
        throw new TaskRunner.RefusedException(
            name + " needs the class " + e.getMessage() + ", which is in no jar that was sent", e);
      } catch (java.io.InvalidClassException | LinkageError | IllegalArgumentException e) {
        throw new TaskRunner.RefusedException(name + " cannot be read here: " + e, e);
      }
    }

    private static boolean hasState(Object function) {
      for (Class<?> type = function.getClass(); type != null; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers())) {
            return true;
          }
        }
      }
      return false;
    }
  }

  @SuppressWarnings("ReferenceEquality") // to compare them would take as long as to find it
  Loaded load(Code.Java code) throws TaskRunner.RefusedException, IOException {
    Latest before = latest;
    if (before != null && before.code() == code) {
      return before.loaded();
    }
    Loaded loaded = find(new Key(code, values.read(code.function())));
    latest = new Latest(code, loaded);
    return loaded;
  }

  private Loaded find(Key key) throws TaskRunner.RefusedException, IOException {
    synchronized (functions) {
      Loaded known = functions.get(key);
      if (known != null) {
        return known;
      }
      Loaded made = new Loaded(loader(key.jars), allowed.and(key.allow), key.bytes);
      functions.put(key, made);
      return made;
    }
  }

  private ClassLoader loader(List<String> jars) throws TaskRunner.RefusedException {
    ClassLoader known = loaders.get(jars);
    if (known != null) {
      return known;
    }
    List<URL> urls = new ArrayList<>();
    for (String jar : jars) {
      try {
        urls.add(values.store().file("jars/" + jar + ".jar").toUri().toURL());
      } catch (IOException e) {
        throw new TaskRunner.RefusedException(
            "a jar of the task is not in the store: " + e.getMessage(), e);
      }
    }
    ClassLoader made =
        new URLClassLoader("tasks", urls.toArray(URL[]::new), new TaskParentLoader());
    loaders.put(jars, made);
    return made;
  }

  /**
   * What tasks share with the worker: the JDK, and by what the worker calls them. All else that
   * they use comes with them, also where the worker has it.
   */
  private static final class TaskParentLoader extends ClassLoader {
    private static final Set<String> SHARED = Set.of(
        SerializableCallable.class.getName(),
        SerializableFunction.class.getName(),
        TaskContext.class.getName());

    TaskParentLoader() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (SHARED.contains(name)) {
        return Class.forName(name, false, Functions.class.getClassLoader());
      }
      throw new ClassNotFoundException(name);
    }
  }
}
