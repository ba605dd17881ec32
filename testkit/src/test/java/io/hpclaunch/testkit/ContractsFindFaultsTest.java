// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Each promise is broken by some backend or launcher here, and the contract's test says so. */
class ContractsFindFaultsTest {
  private static String broken = "";

  @ParameterizedTest
  @CsvSource({
    "completes-unknown, aQuestionIsAnsweredForEachIdAndForNoOther",
    "completes-unknown, aJobThatNeverWasHasNoState",
    "answers-first, aQuestionIsAnsweredForEachIdAndForNoOther",
    "answers-more, aQuestionIsAnsweredForEachIdAndForNoOther",
    "answers-more, aQuestionAboutNothingHasNoAnswer",
    "optimist, exitCodes",
    "optimist, anotherProcessLearnsTheTrueEnd",
    "optimist, aRunningJobEndsWithAllItsProcesses",
    "no-signals, aSignalIsNoExitCode",
    "no-signals, theWalltimeEndsAJob",
    "no-signals, afterOkOfAFailureNeverRuns",
    "wrong-clock, timesAreInOrder",
    "never-runs, aJobThatRunsIsTold",
    "never-runs, oneQuestionIsAnsweredForJobsOfAllStates",
    "mangler, argumentsArriveByteForByte",
    "mangler, valuesOfVariablesArriveByteForByte",
    "blabber, aSecretReachesTheJobAndNothingElse",
    "moody, theScriptIsPure",
    "first-element, eachElementKnowsItsIndex",
    "first-element, anElementThatFailsFailsTheWholeAndNoOther",
    "all-at-once, noMoreRunAtOnceThanAllowed",
    "one-answer-for-all, aWholeArrayIsToldByItsElements",
    "hasty, aJobWaitsForAnother",
    "hasty, afterOkOfAFailureNeverRuns",
    "hasty, afterNotOkOfASuccessNeverRuns",
    "hasty, theWalltimeEndsAJob",
    "twice, aJobRunsOnceAndItsEndIsTold",
    "never-cancels, aRunningJobEndsWithAllItsProcesses",
    "never-cancels, aJobThatIgnoresTheSignalEndsAllTheSame",
    "never-cancels, aJobThatWasJustSubmittedEnds",
    "never-cancels, toCancelTwiceIsAsGoodAsOnce",
    "never-cancels, twoWhoCancelAtOnceBothSucceed",
    "never-cancels, oneElementIsCancelledAndTheOthersGoOn",
    "never-cancels, aWholeArrayIsCancelled",
    "strict-cancel, whatEndedOrNeverWasIsNotCancelled",
    "finds-more, aJobIsFoundByItsToken",
    "fickle, whatItCanDoIsAlwaysTheSame",
    "any-name, itAnswersToItsNameAndNotToAnything",
    "closes-once, toCloseTwiceDoesNoHarm",
    "failure-is-answer, whatItIsAsksNobody",
    "failure-is-answer, aSchedulerThatCannotBeReachedSaysNothingOfAnyJob",
    "failure-is-answer, aSubmissionWhoseAnswerIsLostIsNotDenied",
    "not-there, itIsFoundByItsName",
  })
  void aBrokenBackendFails(String backend, String test) {
    broken = backend;
    assertFails(BrokenBackend.class, test);
  }

  private static void assertFails(Class<?> contract, String test) {
    Events tests = EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(contract, test))
        .execute()
        .testEvents();
    List<Throwable> failures = tests.failed().stream()
        .flatMap(
            event -> event.getRequiredPayload(TestExecutionResult.class).getThrowable().stream())
        .toList();
    assertThat(tests.started().count()).as("tests that ran").isPositive();
    assertThat(failures).as("%s of %s", test, broken).isNotEmpty();
  }

  /** Run by the engine above, and not by the build. */
  static class BrokenBackend extends BackendContract {
    @Override
    public String type() {
      return broken;
    }

    @Override
    public boolean usesTransport() {
      return broken.equals("failure-is-answer");
    }

    @Override
    public Duration patience() {
      return Duration.ofSeconds(2);
    }
  }
}
