package io.github.rayservice.scaffolder.status.diagnosis;

import java.util.List;
import java.util.Optional;

/**
 * Why a Ray Service does not run.
 *
 * @param message what is wrong, for people
 * @param evidence what the cluster said, in its own words
 * @param nextStep what can be done about it
 * @param details the whole text where the evidence is an extract, such as a Python traceback
 */
public record Finding(
    Problem problem,
    String message,
    List<String> evidence,
    String nextStep,
    Optional<String> details) {}
