// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Torque's XML ({@code qstat -x}, {@code pbsnodes -x}): {@code <Data>} around elements without
 * attributes, of which each is read by itself, so that one that is not well-formed spoils no other.
 */
final class PbsXml {
  private static final XMLInputFactory FACTORY = factory();

  private PbsXml() {}

  /**
   * An answer.
   *
   * @param elements each whole {@code <Job>} or {@code <Node>}
   * @param complete whether the answer has its end; false also for what is no such XML
   */
  record Answer(List<String> elements, boolean complete) {
    Answer {
      elements = List.copyOf(elements);
    }
  }

  /** Cuts an answer into its elements of a name. */
  static Answer cut(String text, String element) {
    String open = "<" + element + ">";
    String close = "</" + element + ">";
    List<String> elements = new ArrayList<>();
    int from = text.indexOf(open);
    while (from >= 0) {
      int end = text.indexOf(close, from);
      int next = text.indexOf(open, from + 1);
      if (end < 0 || (next >= 0 && next < end)) {
        end = next < 0 ? text.length() : next;
        elements.add(text.substring(from, end));
      } else {
        elements.add(text.substring(from, end + close.length()));
      }
      from = next;
    }
    return new Answer(elements, text.contains("</Data>") || text.contains("<Data/>"));
  }

  /**
   * Reads the children of an element.
   *
   * @param element its text
   * @param nameKey the child that holds its name
   * @return its attributes; null where it cannot be read or has no name
   */
  static @Nullable PbsRecord read(String element, String nameKey) {
    PbsRecord found = PbsRecord.named("");
    try {
      XMLStreamReader in = FACTORY.createXMLStreamReader(new StringReader(legal(element)));
      in.nextTag();
      while (in.nextTag() == XMLStreamConstants.START_ELEMENT) {
        child(in, "", found);
      }
    } catch (XMLStreamException e) {
      return null;
    }
    String name = found.get(nameKey);
    return name == null ? null : new PbsRecord(name, found.values(), found.variables());
  }

  /** Reads one child, which holds a text or children of its own. */
  private static void child(XMLStreamReader in, String group, PbsRecord found)
      throws XMLStreamException {
    String key = group + in.getLocalName();
    StringBuilder text = new StringBuilder();
    boolean parent = false;
    int event = in.next();
    while (event != XMLStreamConstants.END_ELEMENT) {
      if (event == XMLStreamConstants.START_ELEMENT) {
        child(in, key + '.', found);
        parent = true;
      } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
        text.append(in.getText());
      }
      event = in.next();
    }
    if (!parent) {
      found.put(key, text.toString());
    }
  }

  /** XML has no place for most control characters, nor for bytes that are no UTF-8. */
  private static String legal(String text) {
    StringBuilder legal = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> (c < ' ' && c != '\n' && c != '\t' && c != '\r')
                || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                || c == 0xFFFE
                || c == 0xFFFF
            ? 0xFFFD
            : c)
        .forEach(legal::appendCodePoint);
    return legal.toString();
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }
}
