// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.ReasonExplainer.Explanation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the cluster's words mean. */
final class Reasons {
  private static final Map<String, Explanation> KNOWN = new LinkedHashMap<>();

  static {
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
        return Optional.of(each.getValue());
      }
    }
    return Optional.empty();
  }
}
