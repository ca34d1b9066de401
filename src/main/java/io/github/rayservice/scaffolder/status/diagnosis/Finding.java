package io.github.rayservice.scaffolder.status.diagnosis;

import java.util.List;
import java.util.Optional;

/**
 * Why a Ray Service does not run.
 *
 * @param problem one word in CamelCase for machines
 * @param message the same for people
 * @param evidence what the cluster said, in its own words
 * @param nextStep what somebody can do about it
 * @param details the whole text where the evidence is an extract, such as a Python traceback
 */
public record Finding(
    String problem,
    String message,
    List<String> evidence,
    String nextStep,
    Optional<String> details) {}
