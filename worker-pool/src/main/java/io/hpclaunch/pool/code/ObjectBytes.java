// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.code;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Objects as bytes, in Java's serialization. */
public final class ObjectBytes {
  private ObjectBytes() {}

  /**
   * Writes an object.
   *
   * @param object the object, or null
   * @return its bytes
   * @throws java.io.NotSerializableException when it, or what it holds, is not Serializable
   * @throws IOException when it does not let itself be written
   */
  public static byte[] write(@Nullable Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads an object.
   *
   * @param bytes what {@link #write} gave
   * @param loader knows the classes
   * @param allowed the classes that may be made
   * @param what what is read, for errors
   * @return the object, or null
   * @throws RefusedClassException when a class is not allowed
   * @throws ClassNotFoundException when the loader does not know one
   * @throws IOException when the bytes are none of an object
   */
  public static @Nullable Object read(
      byte[] bytes, ClassLoader loader, AllowList allowed, String what)
      throws IOException, ClassNotFoundException {
    AllowList.Filter filter = allowed.filter();
    try (Stream in = new Stream(new ByteArrayInputStream(bytes), loader)) {
      in.setObjectInputFilter(filter);
      return in.readObject();
    } catch (InvalidClassException e) {
      String refused = filter.refused();
      throw refused == null ? e : new RefusedClassException(refused, what);
    }
  }

  private static final class Stream extends ObjectInputStream {
    private final ClassLoader loader;

    Stream(InputStream in, ClassLoader loader) throws IOException {
      super(in);
      this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(description.getName(), false, loader);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description); // primitives
      }
    }

    @Override
    protected Class<?> resolveProxyClass(String[] names) throws ClassNotFoundException {
      Class<?>[] interfaces = new Class<?>[names.length];
      for (int i = 0; i < names.length; i++) {
        interfaces[i] = Class.forName(names[i], false, loader);
      }
      return Proxy.newProxyInstance(loader, interfaces, (p, m, a) -> null).getClass();
    }
  }
}
