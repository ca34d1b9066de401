package io.github.rayservice.scaffolder.api;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** Requests as a caller sends them. */
final class ApiFixture {
  static final String PATH = "/api/v1/ray-services";

  private ApiFixture() {}

  static String minimal(String namespace, String name) {
    return document(namespace, name).toString();
  }

  static String withReplicas(String namespace, String name, int replicas) {
    ObjectNode document = document(namespace, name);
    document.withObject("/spec").put("replicas", replicas);
    return document.toString();
  }

  /** Its URL path is no other's. */
  private static ObjectNode document(String namespace, String name) {
    ObjectNode document = FormFixture.minimal(namespace, name);
    document.withObject("/spec").put("name", namespace + "-" + name);
    return document;
  }

  static RequestSpecification json(String body) {
    return given().contentType("application/json").body(body);
  }

  static RequestSpecification yaml(String body) {
    return given()
        .config(
            RestAssuredConfig.config()
                .encoderConfig(
                    EncoderConfig.encoderConfig()
                        .encodeContentTypeAs("application/yaml", ContentType.TEXT)))
        .contentType("application/yaml")
        .body(body);
  }

  static Response create(String namespace, String name) {
    Response response = json(minimal(namespace, name)).post(PATH);
    response.then().statusCode(201);
    return response;
  }
}
