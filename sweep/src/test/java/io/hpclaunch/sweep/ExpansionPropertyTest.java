// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sweeps drawn by lot, against the definition of a product written as nested loops. */
class ExpansionPropertyTest {
  private static final int SWEEPS = 300;

  @Test
  void theExpansionIsTheProductOfGridAndPairs() {
    Random lot = new Random(4711);
    for (int i = 0; i < SWEEPS; i++) {
      Drawn drawn = Drawn.draw(lot);
      int limit = lot.nextInt(12);
      List<Map<String, String>> expected = drawn.product();
      expected = limit == 0 ? expected : expected.subList(0, Math.min(limit, expected.size()));
      String text = drawn.yaml + "max_runs: " + limit + "\n";
      Sweep sweep = Sweep.parse(text, "drawn", Path.of("/"));
      List<Map<String, String>> found = new ArrayList<>();
      for (Combination each : sweep.combinations()) {
        Map<String, String> params = new LinkedHashMap<>();
        each.params().forEach((name, value) -> params.put(name, value.text()));
        found.add(params);
        assertThat(each.index()).isEqualTo(found.size());
      }
      assertThat(found).as(text).isEqualTo(expected);
      assertThat(found)
          .as(text)
          .allSatisfy(
              params -> assertThat(List.copyOf(params.keySet())).isEqualTo(sweep.parameters()));
    }
  }

  private static final class Drawn {
    private final StringBuilder yaml = new StringBuilder();
    private final List<List<Map<String, String>>> axes = new ArrayList<>();

    static Drawn draw(Random lot) {
      Drawn drawn = new Drawn();
      drawn.yaml.append("grid:\n");
      for (int p = lot.nextInt(4); p > 0; p--) {
        List<Map<String, String>> axis = new ArrayList<>();
        List<String> values = values(lot, 1 + lot.nextInt(3));
        values.forEach(value -> axis.add(Map.of("g" + drawn.axes.size(), value)));
        drawn
            .yaml
            .append("  g")
            .append(drawn.axes.size())
            .append(": ")
            .append(values)
            .append('\n');
        drawn.axes.add(axis);
      }
      drawn.yaml.append("paired:\n");
      for (int item = lot.nextInt(3); item > 0; item--) {
        drawn.pair(lot, item);
      }
      return drawn;
    }

    private void pair(Random lot, int item) {
      int length = 1 + lot.nextInt(3);
      List<Map<String, String>> axis = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        axis.add(new LinkedHashMap<>());
      }
      yaml.append("- ");
      String indent = "";
      for (int group = 0; group <= lot.nextInt(2); group++) {
        yaml.append(indent).append("group").append(group).append(": {");
        String joint = "";
        for (int p = 0; p < 2; p++) {
          String name = lot.nextInt(4) == 0 ? "g0" : "p" + item + group + p;
          if (axis.get(0).containsKey(name)) {
            continue;
          }
          List<String> values = values(lot, length);
          yaml.append(joint).append(name).append(": ").append(values);
          joint = ", ";
          for (int i = 0; i < length; i++) {
            axis.get(i).put(name, values.get(i));
          }
        }
        yaml.append("}\n");
        indent = "  ";
      }
      axes.add(axis);
    }

    private static List<String> values(Random lot, int count) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        values.add(lot.nextBoolean() ? "v" + lot.nextInt(100) : "0." + lot.nextInt(1000));
      }
      return values;
    }

    List<Map<String, String>> product() {
      List<Map<String, String>> all = new ArrayList<>();
      all.add(new LinkedHashMap<>());
      for (List<Map<String, String>> axis : axes) {
        List<Map<String, String>> longer = new ArrayList<>();
        for (Map<String, String> each : all) {
          for (Map<String, String> more : axis) {
            Map<String, String> both = new LinkedHashMap<>(each);
            both.putAll(more);
            longer.add(both);
          }
        }
        all = longer;
      }
      return all;
    }
  }
}
