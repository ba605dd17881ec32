// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.ReasonExplainer.Explanation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the cluster's words mean. */
final class Reasons {
  private static final Map<String, Explanation> KNOWN = new LinkedHashMap<>();

  /** What more time mends, for those that wait. */
  private static final Set<String> ROOM = Set.of("Unschedulable", "exceeded quota");

  private static final String AGAIN =
      "Submit it again when there is room; schedule_timeout is how long it waits.";

  static {
    KNOWN.put(
        "persistentvolumeclaim",
        new Explanation(
            "A volume claim that the entry's volumes name is not there, or has no volume yet.",
            "Look at it: 'kubectl describe persistentvolumeclaim', and at volumes in the"
                + " configuration."));
    KNOWN.put(
        "Unschedulable",
        new Explanation(
            "No node has room for it, or none is of the kind that it asks for.",
            "Compare 'hpc resources' with what the job asks for; it starts when a node has room."));
    Explanation image = new Explanation(
        "The node cannot get the job's image.",
        "Check the image's name, and image_pull_secrets where the registry asks for a password.");
    KNOWN.put("ImagePullBackOff", image);
    KNOWN.put("ErrImagePull", image);
    KNOWN.put("ErrImageNeverPull", image);
    KNOWN.put(
        "InvalidImageName",
        new Explanation("The image's name is none.", "Names are written in lower case."));
    KNOWN.put(
        "CreateContainerConfigError",
        new Explanation(
            "Something that the pod refers to is missing, such as a secret or a config map.",
            "Look at the reason for its name."));
    KNOWN.put(
        "count/jobs.batch",
        new Explanation(
            "The namespace has as many Jobs as its quota allows; those that have ended count.",
            "Remove some that have ended ('hpc clean'), or ask for a larger quota."));
    KNOWN.put(
        "must specify",
        new Explanation(
            "The namespace's quota wants to know what each job takes.",
            "Submit it with --cpus and --mem, or set them in defaults.resources."));
    KNOWN.put(
        "serviceaccount",
        new Explanation(
            "The service account that the job is to run as is not there.",
            "Make it, or change service_account in the backend's config."));
    KNOWN.put(
        "PriorityClass",
        new Explanation(
            "The priority class that the job is to have is not there.",
            "Make it, or change the backend's config."));
    Explanation mount = new Explanation(
        "A volume of the job cannot be mounted.",
        "The reason names it: look at volumes in the backend's config.");
    KNOWN.put("FailedMount", mount);
    KNOWN.put("FailedAttachVolume", mount);
    KNOWN.put(
        "exceeded quota",
        new Explanation(
            "The namespace's quota is used up.",
            "It goes on when other jobs of the namespace end; else ask for a larger quota."));
    KNOWN.put(
        "OOMKilled",
        new Explanation("It used more memory than its limit.", "Submit it with more memory."));
    KNOWN.put(
        "spec.suspend",
        new Explanation(
            "Somebody, or a queue such as Kueue, has suspended it.",
            "It starts when spec.suspend is set to false."));
    KNOWN.put("Evicted", new Explanation("The node ran short of something and put it out.", null));
  }

  private Reasons() {}

  static Optional<Explanation> explain(JobInfo info) {
    String reason = String.valueOf(info.reason());
    for (Map.Entry<String, Explanation> each : KNOWN.entrySet()) {
      if (reason.contains(each.getKey())) {
        Explanation known = each.getValue();
        boolean isOver = info.state().isFinal() && ROOM.contains(each.getKey());
        return Optional.of(isOver ? new Explanation(known.meaning(), AGAIN) : known);
      }
    }
    return Optional.empty();
  }
}
