// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.core.shell.Quoting;
import java.util.ArrayList;
import java.util.List;

/**
 * What a task's job runs: a script for sh that finds the task's values in a file by its number, and
 * writes what happens into the task's folder. The values stand in files of {@value #CHUNK} tasks,
 * as words that sh itself reads, so that an element of 100,000 reads a few kilobytes and needs no
 * other program, and every byte arrives.
 */
final class TaskScripts {
  static final String RUNNER = "task.sh";

  /** How many tasks one file of values has. */
  static final int CHUNK = 200;

  /** How many folders one task makes. More would save little, and cost where all begin at once. */
  static final int FOLDERS = 16;

  /** How many tasks one file of a map has. */
  static final int MAP_CHUNK = 1000;

  private TaskScripts() {}

  /** The lines of a job: which submission, which index, and whether the index is a place. */
  static String[] lines(String scripts, Submission submission, int task) {
    String index = submission.array() ? "\"$HPC_ARRAY_INDEX\"" : Integer.toString(task);
    String map = submission.isMapped() ? " mapped" : "";
    return new String[] {
      "set -- " + submission.number() + " " + index + map,
      ". " + Quoting.quote(scripts + "/" + RUNNER)
    };
  }

  static String values(int chunk) {
    return "values." + chunk;
  }

  static String map(int submission, int chunk) {
    return "map." + submission + "." + chunk;
  }

  static String runner(String sweepFolder, String id, int count) {
    return """
        # Runs one task of the sweep. It is read by the job's own shell, and needs nothing but sh:
        # $1 is the number of the submission, $2 the index; $3 says that the index is a place in the
        # submission's map.
        hpc_sweep=@FOLDER@
        hpc_submission=$1
        hpc_task=$2
        if [ "${3-}" = mapped ]; then
          hpc_place=$hpc_task
          . "$hpc_sweep/scripts/map.$hpc_submission.$(((hpc_place - 1) / @MAP_CHUNK@))" || exit 1
          shift $(((hpc_place - 1) % @MAP_CHUNK@))
          hpc_task=$1
        fi
        hpc_name() { # NUMBER: task_NNN
          case ${#1} in
            1) hpc_name=task_00$1 ;;
            2) hpc_name=task_0$1 ;;
            *) hpc_name=task_$1 ;;
          esac
        }
        hpc_name "$hpc_task"
        hpc_folder=$hpc_sweep/tasks/$hpc_name
        if [ ! -d "$hpc_folder" ]; then # one process makes the folders of neighbours, too
          set -- "$hpc_folder"
          hpc_next=$(((hpc_task - 1) / @FOLDERS@ * @FOLDERS@))
          hpc_last=$((hpc_next + @FOLDERS@ < @COUNT@ ? hpc_next + @FOLDERS@ : @COUNT@))
          while [ "$hpc_next" -lt "$hpc_last" ]; do
            hpc_next=$((hpc_next + 1))
            hpc_name "$hpc_next"
            set -- "$@" "$hpc_sweep/tasks/$hpc_name"
          done
          command -p mkdir -p -- "$@" || exit 1
          hpc_name "$hpc_task"
        fi
        exec >"$hpc_sweep/logs/$hpc_name.log" 2>&1 || exit 1

        hpc_now() { hpc_time=$(TZ=UTC0 command -p date +%Y-%m-%dT%H:%M:%SZ); }
        hpc_quoted() { # WORDS: as a shell reads them
          hpc_line=
          for hpc_word; do
            hpc_rest=$hpc_word
            hpc_word=
            while :; do
              case $hpc_rest in
                *"'"*)
                  hpc_word=$hpc_word${hpc_rest%%"'"*}"'\\\\''"
                  hpc_rest=${hpc_rest#*"'"}
                  ;;
                *) break ;;
              esac
            done
            hpc_line="$hpc_line${hpc_line:+ }'$hpc_word$hpc_rest'"
          done
        }
        if [ -n "${BASH_VERSION-}" ]; then # without a process for the time
          hpc_now() { TZ=UTC0 printf -v hpc_time '%(%Y-%m-%dT%H:%M:%SZ)T' -1; }
        fi

        HPC_SWEEP_ID=@ID@
        HPC_TASK_INDEX=$hpc_task
        HPC_TASK_DIR=$hpc_folder
        export HPC_SWEEP_ID HPC_TASK_INDEX HPC_TASK_DIR
        set --
        . "$hpc_sweep/scripts/values.$(((hpc_task - 1) / @CHUNK@))" || exit 1
        if [ $# = 0 ]; then
          echo "there is no task $hpc_task in $hpc_sweep/scripts" >&2
          exit 1
        fi
        hpc_quoted "$@"
        printf '%s\\n' "$hpc_line" >"$hpc_folder/command"
        printf '%s\\n' "$hpc_json" >"$hpc_folder/parameters.json"
        hpc_now
        printf 'state=running\\nsubmission=%s\\njob=%s\\nstarted=%s\\n' \\
          "$hpc_submission" "${HPC_JOB_ID-}" "$hpc_time" >>"$hpc_folder/status"
        # A signal to the group is the program's to answer; its end is still written down.
        trap : HUP INT QUIT TERM USR1 USR2
        if "$@"; then hpc_code=0; else hpc_code=$?; fi
        hpc_now
        if [ "$hpc_code" = 0 ]; then hpc_state=completed; else hpc_state=failed; fi
        printf 'state=%s\\nexit_code=%s\\nended=%s\\n' "$hpc_state" "$hpc_code" "$hpc_time" \\
          >>"$hpc_folder/status"
        exit "$hpc_code"
        """.replace("@FOLDER@", Quoting.quote(sweepFolder))
        .replace("@ID@", Quoting.quote(id))
        .replace("@FOLDERS@", Integer.toString(FOLDERS))
        .replace("@COUNT@", Integer.toString(count))
        .replace("@MAP_CHUNK@", Integer.toString(MAP_CHUNK))
        .replace("@CHUNK@", Integer.toString(CHUNK));
  }

  /** What one task is given, as a branch for sh. */
  static void branch(
      StringBuilder to,
      Combination combination,
      CommandTemplate command,
      String id,
      String folder) {
    to.append(combination.index()).append(")\n");
    combination
        .params()
        .forEach((name, value) -> to.append("export ")
            .append(CommandTemplate.variable(name))
            .append('=')
            .append(Quoting.quote(value.text()))
            .append('\n'));
    to.append("hpc_json=").append(Quoting.quote(combination.json())).append("\nset -- ");
    List<String> words = command.words(combination, id, folder + "/tasks/" + combination.task());
    to.append(Quoting.join(words)).append(";;\n");
  }

  /** The numbers of the tasks, by their places. */
  static List<String> maps(Submission submission) {
    List<String> chunks = new ArrayList<>();
    StringBuilder chunk = new StringBuilder();
    int place = 0;
    for (int task : submission.tasks().toArray()) {
      if (place % MAP_CHUNK == 0 && place > 0) {
        chunks.add(chunk.append('\n').toString());
        chunk.setLength(0);
      }
      chunk.append(chunk.length() == 0 ? "set -- " : " ").append(task);
      place++;
    }
    chunks.add(chunk.append('\n').toString());
    return chunks;
  }
}
