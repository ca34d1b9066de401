import type { z as zod } from 'zod/v3';

/** The zod of Backstage, which it passes to each field. */
export type Zod = typeof zod;

/**
 * Input fields of the actions, as in the form of the service. Their limits are only in the service, which reports all
 * violations at once.
 */
export function namespace(z: Zod) {
  return z
    .string()
    .describe("The team's namespace, which holds the Ray Service in the GitOps repository. Example: team-ml");
}

export function name(z: Zod) {
  return z.string().describe('Name of the Ray Service in Git and in the catalog. Example: text-ml-service');
}

export function entityRef(z: Zod) {
  return z.string().describe('The Ray Service in the catalog. Example: component:team-ml/text-ml-service');
}

/** `spec` of a new Ray Service. The service sets the defaults. */
export function spec(z: Zod) {
  return z
    .object({
      name: z.string().describe('Name of the application: its URL paths end in it. Example: text-ml'),
      namespace: z.string().describe('Kubernetes namespace, made only for it. Example: ray-system'),
      ...changeable(z),
      gitlab: gitlab(z),
      createdBy: z
        .string()
        .optional()
        .describe('Leave it out: the service takes the person from the token. Example: user:default/ann'),
    })
    .describe('The parameters of the Ray Service');
}

/** `spec` of an update. Fields that are left out keep their value in Git. */
export function change(z: Zod) {
  return z
    .object({ ...changeable(z), gitlab: gitlab(z).partial().optional() })
    .describe('The parameters to change; the others keep their values');
}

function changeable(z: Zod) {
  return {
    rayServeFile: z
      .string()
      .optional()
      .describe('https URL of the zip with the application. Example: https://example.com/serve-config.zip'),
    importPath: z.string().optional().describe('Entry point inside the zip. Example: text_ml.app'),
    replicas: z.number().optional().describe('Number of Ray worker pods. Example: 3'),
    ray: z
      .object({
        version: z.string().optional().describe('Ray version inside the image. Example: 2.52.0'),
        image: z
          .string()
          .optional()
          .describe('Image of head and workers; empty for rayproject/ray. Example: registry.company.com/ml/ray:2.52.0'),
      })
      .optional()
      .describe('Ray version and image'),
    resources: z
      .object({
        head: z
          .object({ cpu: cpu(z), memory: memory(z) })
          .optional()
          .describe('Resource requests of the head'),
        worker: z
          .object({
            cpu: cpu(z),
            memory: memory(z),
            gpu: z.number().optional().describe('NVIDIA GPUs. Example: 1'),
          })
          .optional()
          .describe('Resource requests of each worker'),
      })
      .optional()
      .describe('Resource requests of the pods'),
    ingress: z
      .object({
        host: z
          .string()
          .optional()
          .describe('Host of the endpoints; empty for gitlab.hostname. Example: models.company.com'),
        className: z.string().optional().describe('Ingress class. Example: nginx'),
      })
      .optional()
      .describe('Ingress of the endpoints'),
  };
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

/** Goals of `rayservice:deploy` and `rayservice:update`. */
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

function gitlab(z: Zod) {
  return z
    .object({
      hostname: z.string().describe('GitLab host name. Example: gitlab.company.com'),
      username: z.string().describe('GitLab user name. Example: ml-team'),
    })
    .describe('GitLab host and user of the request');
}

function cpu(z: Zod) {
  return z.string().optional().describe('CPU request, a Kubernetes quantity. Example: 500m');
}

function memory(z: Zod) {
  return z.string().optional().describe('Memory request and limit, a Kubernetes quantity. Example: 2Gi');
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
    z.string().optional().describe('Ray Serve endpoint. Example: https://models.company.com/ray-serve/text-ml/'),
  dashboardUrl: (z: Zod) =>
    z.string().optional().describe('Ray dashboard. Example: https://models.company.com/ray-dashboard/text-ml/'),
};
