import type { z as zod } from 'zod/v3';

/** The zod of Backstage, which it passes to each field. */
export type Zod = typeof zod;

/** Team and directory of a new Ray Service. */
export function namespace(z: Zod) {
  return z
    .string()
    .describe("The team's namespace, which holds the Ray Service in the GitOps repository. Example: team-ml");
}

/** Name of a new Ray Service. */
export function name(z: Zod) {
  return z.string().describe('Name of the Ray Service in Git and in the catalog. Example: text-ml-service');
}

/** A Ray Service that Backstage has. Also an output of every action. */
export function entityRef(z: Zod) {
  return z.string().describe('The Ray Service in the catalog. Example: component:team-ml/text-ml-service');
}

/** The commit whose form `rayservice:rollback` brings back. */
export function commit(z: Zod) {
  return z
    .string()
    .describe('A commit of its history, 40 hexadecimal digits. Example: 95638b7a5ced3cdc8750a51b5c4d035de50c98dd');
}

/** How long the step waits for the goal in `waitFor`. */
export function timeout(z: Zod) {
  const unit = (name: string, example: number) => z.number().optional().describe(`Number of ${name}. Example: ${example}`);
  return z
    .object({
      days: unit('days', 1),
      hours: unit('hours', 2),
      minutes: unit('minutes', 30),
      seconds: unit('seconds', 90),
    })
    .optional()
    .describe('How long to wait, at most 7 days; an hour by default');
}

/** Goals of every action but `rayservice:delete`. */
export function waitFor(z: Zod) {
  return z
    .enum(['merged', 'running'])
    .optional()
    .describe('Wait until the merge request is merged, or until the model answers. Without it the step does not wait. Example: running');
}

/** Goals of `rayservice:delete`. */
export function waitForDeletion(z: Zod) {
  return z
    .enum(['merged', 'gone'])
    .optional()
    .describe('Wait until the merge request is merged, or until nothing is left in the cluster. Example: gone');
}

/** Output of every action. */
export const OUTPUT = {
  result: (z: Zod) =>
    z.string().describe('created, updated, deleted, or unchanged: Git has it already. Example: created'),
  phase: (z: Zod) =>
    z
      .string()
      .describe('Proposed while a merge request is open, otherwise Accepted or Deleting; with waitFor the phase that was reached. Example: Proposed'),
  entityRef,
  branch: (z: Zod) => z.string().describe('Branch that holds the commit. Example: rayservice/team-ml/text-ml-service'),
  commit: (z: Zod) => z.string().optional().describe('The commit; absent on a dry run. Example: 95638b7a5ced'),
  version: (z: Zod) =>
    z.string().optional().describe('Version in Git after the change; absent for a deletion. Example: 8d3c1f0a2b4e'),
  mergeRequestUrl: (z: Zod) =>
    z.string().optional().describe('Absent when none is needed. Example: https://gitlab.company.com/a/b/-/merge_requests/7'),
  mergeRequestNumber: (z: Zod) => z.number().optional().describe('Its number in the project. Example: 7'),
  serveUrl: (z: Zod) =>
    z.string().optional().describe('Ray Serve endpoint. Example: https://text-ml-team-ml.models.company.com/'),
  dashboardUrl: (z: Zod) =>
    z
      .string()
      .optional()
      .describe('Ray dashboard; absent when the platform shows none. Example: https://models.company.com/ray-dashboard/text-ml/'),
  dashboardTokenCommand: (z: Zod) =>
    z
      .string()
      .optional()
      .describe('Prints the token that the dashboard asks for. Example: kubectl -n ray-system get secrets -l ray.io/cluster …'),
  dashboardPortForwardCommand: (z: Zod) =>
    z
      .string()
      .optional()
      .describe('Makes a dashboard without URL reachable. Example: kubectl -n ray-system port-forward service/text-ml-head-svc 8265'),
};
