package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Examples of the OpenAPI document: the README's, and what the service answers to it. */
final class ApiExamples {
  static final String CREATE_YAML =
      """
      apiVersion: kro.run/v1alpha1
      kind: RayService
      metadata:
        name: text-ml-service
        namespace: team-ml
      spec:
        name: text-ml
        namespace: ray-system
        rayServeFile: "https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip"
        replicas: 3
        resources:
          head:
            cpu: "2"
            memory: "4Gi"
          worker:
            cpu: "1"
            memory: "2Gi"
        gitlab:
          hostname: gitlab.company.com
          username: ml-team
        createdBy: "ml-engineer"
      """;

  static final String CREATE_JSON =
      """
      {
        "metadata": {"name": "text-ml-service", "namespace": "team-ml"},
        "spec": {
          "name": "text-ml",
          "namespace": "ray-system",
          "replicas": 3,
          "resources": {
            "head": {"cpu": "2", "memory": "4Gi"},
            "worker": {"cpu": "1", "memory": "2Gi"}
          },
          "gitlab": {"hostname": "gitlab.company.com", "username": "ml-team"},
          "createdBy": "ml-engineer"
        }
      }
      """;

  static final String OUTCOME =
      """
      {
        "result": "created",
        "rayService": {"namespace": "team-ml", "name": "text-ml-service"},
        "branch": "main",
        "commit": "b1a5e1f0f4a0c1a2d3e4f5061728394a5b6c7d8e",
        "files": [
          "rayservices/team-ml/text-ml-service/catalog-info.yaml",
          "rayservices/team-ml/text-ml-service/rayservice.yaml"
        ],
        "links": {
          "self": "/api/v1/ray-services/team-ml/text-ml-service",
          "serve": "https://text-ml-service-team-ml.models.company.com/"
        },
        "dashboard": {
          "url": "https://text-ml-service-team-ml.models.company.com/ray-dashboard/text-ml/",
          "tokenCommand": "kubectl -n ray-system get secrets -l ray.io/cluster -o go-template='{{range .items}}{{.metadata.name}} {{base64decode .data.auth_token}}{{println}}{{end}}'"
        },
        "requestId": "7f0f2f4e-5d0c-4f1c-8a53-1c1a3f6d2b11",
        "warnings": []
      }
      """;

  static final String NOTIFICATION =
      """
      {
        "namespace": "team-ml",
        "name": "text-ml-service",
        "application": "ray.team-ml.text-ml-service",
        "revision": "b1a5e1f0f4a0c1a2d3e4f5061728394a5b6c7d8e",
        "sync": "Synced",
        "health": "Healthy"
      }
      """;

  static final String PUSH =
      """
      {
        "object_kind": "push",
        "ref": "refs/heads/main",
        "project": {"path_with_namespace": "platform/gitops"}
      }
      """;

  private static final String VIOLATIONS =
      """
      {
        "type": "urn:rayservice-scaffolder:problem:invalid-form",
        "status": 422,
        "title": "The form breaks rules",
        "detail": "1 violation; nothing was written",
        "instance": "/api/v1/ray-services",
        "violations": [
          {
            "field": "spec.resources.head.memory",
            "value": "4GB",
            "rule": "must be a Kubernetes quantity such as 500m, 2, 1.5 or 2Gi",
            "source": "Kubernetes quantity"
          }
        ]
      }
      """;

  private ApiExamples() {}

  static Object violations() {
    try {
      return new ObjectMapper().readValue(VIOLATIONS, Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the example is no JSON", e);
    }
  }
}
