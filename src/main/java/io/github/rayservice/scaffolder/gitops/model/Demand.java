package io.github.rayservice.scaffolder.gitops.model;

import java.math.BigDecimal;

/**
 * What the pods of a Ray Service ask for at most, for the sum of a team.
 *
 * @param cpu cores
 * @param memory bytes
 * @param devices GPUs and other devices
 */
public record Demand(BigDecimal cpu, BigDecimal memory, long devices) {}
