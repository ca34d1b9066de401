// Generated from the form of the service: ./mvnw test -Dtest=GeneratedFilesTest -Dgolden.rewrite=true
import type { Zod } from './fields';

/** `spec` of a new Ray Service. The service sets the defaults and checks all else, which it reports at once. */
export function spec(z: Zod) {
  return z
    .object({
      name: z
        .string()
        .describe('Name of the KubeRay RayService and last part of the URL paths. Example: text-ml'),
      namespace: z
        .string()
        .optional()
        .describe('Kubernetes namespace that is created for this Ray Service only. Example: ray-system'),
      gitlab: gitlab(z),
      ...changeable(z),
    })
    .describe('The parameters of the Ray Service');
}

/** `spec` of an update. Fields that are left out keep their value in Git. */
export function change(z: Zod) {
  return z
    .object({
      gitlab: gitlab(z).partial().optional(),
      ...changeable(z),
    })
    .describe('The parameters to change; the others keep their values');
}

function changeable(z: Zod) {
  return {
    rayServeFile: z
      .string()
      .optional()
      .describe('URL of the zip with the Ray Serve application; empty for none. Example: https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip'),
    importPath: z
      .string()
      .optional()
      .describe('Entry point of the application, written module:variable or module.variable. Example: text_ml.app'),
    routePrefix: z
      .string()
      .optional()
      .describe('Path of the application below its own URL path. Example: /'),
    args: z
      .union([z.record(z.unknown()), z.string()])
      .optional()
      .describe('Arguments of the application\'s builder. Example: {key: value}'),
    runtimeEnv: z
      .object({
        pip: z
          .string()
          .array()
          .optional()
          .describe('Python packages that Ray installs before the application starts. Example: transformers<5'),
        envVars: z
          .object({
            name: z
              .string()
              .describe('Name of the variable. Example: HF_HOME'),
            value: z
              .string()
              .describe('Value of the variable'),
          })
          .array()
          .optional()
          .describe('Environment variables of the application. Example: [{name: a}]'),
      })
      .optional()
      .describe('What the application needs besides the image'),
    deployments: z
      .object({
        name: z
          .string()
          .describe('Name of the Serve deployment: its class or function. Example: Translator'),
        numReplicas: z
          .number()
          .optional()
          .describe('Number of its replicas; not together with autoscalingConfig. Example: 1'),
        autoscalingConfig: z
          .object({
            minReplicas: z
              .number()
              .optional()
              .describe('Least number of replicas. Example: 0'),
            initialReplicas: z
              .number()
              .optional()
              .describe('Number of replicas at the start. Example: 0'),
            maxReplicas: z
              .number()
              .optional()
              .describe('Greatest number of replicas. Example: 1'),
            targetOngoingRequests: z
              .number()
              .optional()
              .describe('Requests that each replica should have at a time. Example: 0.001'),
            upscaleDelayS: z
              .number()
              .optional()
              .describe('Seconds of load before replicas are added. Example: 0'),
            downscaleDelayS: z
              .number()
              .optional()
              .describe('Seconds without load before replicas are removed. Example: 0'),
          })
          .optional()
          .describe('How Serve scales its replicas'),
        maxOngoingRequests: z
          .number()
          .optional()
          .describe('Requests that a replica takes at a time. Example: 1'),
        maxQueuedRequests: z
          .number()
          .optional()
          .describe('Requests that wait at each proxy, -1 for any number. Example: -1'),
        userConfig: z
          .union([z.record(z.unknown()), z.string()])
          .optional()
          .describe('What its reconfigure method gets. Example: {key: value}'),
        rayActorOptions: z
          .object({
            numCpus: z
              .number()
              .optional()
              .describe('CPUs, also parts of one. Example: 0'),
            numGpus: z
              .number()
              .optional()
              .describe('GPUs, also parts of one. Example: 0'),
            memory: z
              .number()
              .optional()
              .describe('Memory in bytes. Example: 0'),
            acceleratorType: z
              .string()
              .optional()
              .describe('Type of the accelerator. Example: A100'),
            resources: z
              .union([z.record(z.unknown()), z.string()])
              .optional()
              .describe('Custom resources of Ray and how much of each. Example: {key: value}'),
          })
          .optional()
          .describe('What each replica reserves'),
      })
      .array()
      .optional()
      .describe('Settings of the application\'s Serve deployments; the others keep those of the code. Example: [{name: a}]'),
    serveConfig: z
      .union([z.record(z.unknown()), z.string()])
      .optional()
      .describe('A whole Serve config file, for several applications; instead of rayServeFile, importPath, routePrefix, args, runtimeEnv and deployments. Example: {key: value}'),
    secrets: z
      .object({
        name: z
          .string()
          .describe('Name of the Secret. Example: hugging-face'),
        use: z
          .string()
          .describe('What it is for: environment (each key is a variable), imagePull (a registry\'s password) or netrc (its key .netrc has the passwords of private zips and packages). Example: environment'),
      })
      .array()
      .optional()
      .describe('Secrets of the team\'s namespace that the pods get, by their names; each has the label rayservice-scaffolder/use=true. Example: [{name: a}]'),
    cloudIdentity: z
      .string()
      .optional()
      .describe('Role in a cloud that the pods take: the ARN of an AWS role, the address of a Google service account or the client id of an Azure identity. Example: arn:aws:iam::123456789012:role/team-ml-models'),
    modelCache: z
      .object({
        size: z
          .string()
          .optional()
          .describe('Size of the volume, a Kubernetes quantity; it can grow and not shrink. Example: 100Gi'),
        storageClassName: z
          .string()
          .optional()
          .describe('StorageClass of the volume; absent means the cluster\'s default. It cannot be changed. Example: efs'),
        accessMode: z
          .string()
          .optional()
          .describe('Whether pods on several nodes mount it (ReadWriteMany) or those of one node only (ReadWriteOnce). It cannot be changed. Example: ReadWriteMany'),
        mountPath: z
          .string()
          .optional()
          .describe('Directory where the pods have the volume; HF_HOME is its directory huggingface. Example: /mnt/models'),
      })
      .optional()
      .describe('A volume that keeps downloaded models for the next start; it is deleted together with the Ray Service'),
    replicas: z
      .number()
      .optional()
      .describe('Number of Ray worker pods. Example: 2'),
    autoscaling: z
      .object({
        minReplicas: z
          .number()
          .optional()
          .describe('Least number of Ray worker pods. Example: 0'),
        maxReplicas: z
          .number()
          .optional()
          .describe('Greatest number of Ray worker pods. Example: 1'),
        idleTimeoutSeconds: z
          .number()
          .optional()
          .describe('Seconds that a worker is idle before it is removed. Example: 60'),
      })
      .optional()
      .describe('Bounds between which Ray\'s autoscaler adds and removes workers'),
    ray: z
      .object({
        version: z
          .string()
          .optional()
          .describe('Ray version of the image, 2.52.0 or newer. Example: 2.60.0'),
        image: z
          .string()
          .optional()
          .describe('Container image of head and workers; empty means that of the hardware, else rayproject/ray:<ray.version>. Example: registry.company.com/ml/ray:2.60.0'),
      })
      .optional()
      .describe('Ray version and image'),
    resources: z
      .object({
        head: z
          .object({
            cpu: z
              .string()
              .optional()
              .describe('CPU request of the Ray head, a Kubernetes quantity. Example: 1'),
            memory: z
              .string()
              .optional()
              .describe('Memory request and limit of the Ray head, a Kubernetes quantity. Example: 2Gi'),
            ephemeralStorage: z
              .string()
              .optional()
              .describe('Room on the node\'s disk that the Ray head asks for (ephemeral-storage), a Kubernetes quantity. Example: 10Gi'),
            profile: z
              .string()
              .optional()
              .describe('Hardware of the Ray head: the name of one of the platform\'s profiles. Example: cpu-small'),
          })
          .optional()
          .describe('Resources of the Ray head'),
        worker: z
          .object({
            cpu: z
              .string()
              .optional()
              .describe('CPU request of each Ray worker, a Kubernetes quantity. Example: 500m'),
            memory: z
              .string()
              .optional()
              .describe('Memory request and limit of each Ray worker, a Kubernetes quantity. Example: 1Gi'),
            ephemeralStorage: z
              .string()
              .optional()
              .describe('Room on the node\'s disk that each Ray worker asks for (ephemeral-storage), a Kubernetes quantity. Example: 10Gi'),
            gpu: z
              .number()
              .optional()
              .describe('NVIDIA GPUs of each Ray worker. Example: 0'),
            profile: z
              .string()
              .optional()
              .describe('Hardware of each Ray worker: the name of one of the platform\'s profiles. Example: a10g'),
          })
          .optional()
          .describe('Resources of each Ray worker'),
      })
      .optional()
      .describe('Kubernetes resources of the pods'),
    ingress: z
      .object({
        host: z
          .string()
          .optional()
          .describe('Host name of the endpoints; empty means gitlab.hostname, or in a form the platform\'s host where gitlab.hostname is not listed. Example: models.company.com'),
        className: z
          .string()
          .optional()
          .describe('Ingress class that serves the endpoints; in a form, absent means the first that the platform allows. Example: nginx'),
      })
      .optional()
      .describe('Ingress of the endpoints'),
    createdBy: z
      .string()
      .optional()
      .describe('User who requested this Ray Service. Example: unknown'),
    restartedAt: z
      .string()
      .optional()
      .describe('When it was restarted last: another value makes a new Ray cluster. Example: 2026-11-29T09:00:00Z'),
  };
}

function gitlab(z: Zod) {
  return z
    .object({
      hostname: z
        .string()
        .describe('GitLab host name, and the host of the endpoints where neither the form nor the platform has another. Example: gitlab.company.com'),
      username: z
        .string()
        .describe('GitLab user name. Example: ml-team'),
    })
    .describe('GitLab host and user of the request');
}

/** Objects that must be absent when they are empty; a form sends each that it shows. */
export const ABSENT_WHEN_EMPTY = [
  'runtimeEnv.pip',
  'runtimeEnv.envVars',
  'runtimeEnv',
  'deployments.autoscalingConfig',
  'deployments.rayActorOptions',
  'deployments',
  'secrets',
  'modelCache',
  'autoscaling',
];
