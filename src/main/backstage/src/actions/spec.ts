// Generated from the form of the service: ./mvnw test -Dtest=GeneratedFilesTest -Dgolden.rewrite=true
import type { Zod } from './fields';

/** `spec` of a new Ray Service. The service sets the defaults, checks the limits and reports all violations at once. */
export function spec(z: Zod) {
  return z
    .object({
      name: z
        .string()
        .describe('Name of the KubeRay RayService and last part of the URL paths. Example: text-ml'),
      namespace: z
        .string()
        .describe('Kubernetes namespace that is created for this Ray Service only. Example: ray-system'),
      rayServeFile: z
        .string()
        .optional()
        .describe('https URL of the zip with the Ray Serve application. Example: https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip'),
      importPath: z
        .string()
        .optional()
        .describe('Entry point inside the zip, written module:variable or module.variable. Example: text_ml.app'),
      replicas: z
        .number()
        .optional()
        .describe('Number of Ray worker pods. Example: 2'),
      ray: z
        .object({
          version: z
            .string()
            .optional()
            .describe('Ray version of the image. Example: 2.52.0'),
          image: z
            .string()
            .optional()
            .describe('Container image of head and workers; empty means rayproject/ray:<ray.version>. Example: registry.company.com/ml/ray:2.52.0'),
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
              gpu: z
                .number()
                .optional()
                .describe('NVIDIA GPUs of each Ray worker. Example: 0'),
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
            .describe('Host name of the endpoints; empty means gitlab.hostname. Example: models.company.com'),
          className: z
            .string()
            .optional()
            .describe('Ingress class that serves the endpoints. Example: nginx'),
        })
        .optional()
        .describe('Ingress of the endpoints'),
      gitlab: z
        .object({
          hostname: z
            .string()
            .describe('GitLab host name, and the host of the endpoints unless ingress.host is set. Example: gitlab.company.com'),
          username: z
            .string()
            .describe('GitLab user name. Example: ml-team'),
        })
        .describe('GitLab host and user of the request'),
      createdBy: z
        .string()
        .optional()
        .describe('User who requested this Ray Service. Example: unknown'),
    })
    .describe('The parameters of the Ray Service');
}

/** `spec` of an update. Fields that are left out keep their value in Git. */
export function change(z: Zod) {
  return z
    .object({
      rayServeFile: z
        .string()
        .optional()
        .describe('https URL of the zip with the Ray Serve application. Example: https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip'),
      importPath: z
        .string()
        .optional()
        .describe('Entry point inside the zip, written module:variable or module.variable. Example: text_ml.app'),
      replicas: z
        .number()
        .optional()
        .describe('Number of Ray worker pods. Example: 2'),
      ray: z
        .object({
          version: z
            .string()
            .optional()
            .describe('Ray version of the image. Example: 2.52.0'),
          image: z
            .string()
            .optional()
            .describe('Container image of head and workers; empty means rayproject/ray:<ray.version>. Example: registry.company.com/ml/ray:2.52.0'),
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
              gpu: z
                .number()
                .optional()
                .describe('NVIDIA GPUs of each Ray worker. Example: 0'),
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
            .describe('Host name of the endpoints; empty means gitlab.hostname. Example: models.company.com'),
          className: z
            .string()
            .optional()
            .describe('Ingress class that serves the endpoints. Example: nginx'),
        })
        .optional()
        .describe('Ingress of the endpoints'),
      gitlab: z
        .object({
          hostname: z
            .string()
            .optional()
            .describe('GitLab host name, and the host of the endpoints unless ingress.host is set. Example: gitlab.company.com'),
          username: z
            .string()
            .optional()
            .describe('GitLab user name. Example: ml-team'),
        })
        .optional()
        .describe('GitLab host and user of the request'),
      createdBy: z
        .string()
        .optional()
        .describe('User who requested this Ray Service. Example: unknown'),
    })
    .describe('The parameters to change; the others keep their values');
}
