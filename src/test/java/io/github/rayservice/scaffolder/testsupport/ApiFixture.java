package io.github.rayservice.scaffolder.testsupport;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.eclipse.microprofile.config.ConfigProvider;

/** Requests of a caller of the API. */
public final class ApiFixture {
  public static final String PATH = "/api/v1/ray-services";

  private ApiFixture() {}

  public static String minimal(String namespace, String name) {
    return document(namespace, name).toString();
  }

  public static String withReplicas(String namespace, String name, int replicas) {
    ObjectNode document = document(namespace, name);
    document.withObject("/spec").put("replicas", replicas);
    return document.toString();
  }

  /** A form whose URL path is unique. */
  private static ObjectNode document(String namespace, String name) {
    ObjectNode document = FormFixture.minimal(namespace, name);
    document.withObject("/spec").put("name", namespace + "-" + name);
    return document;
  }

  public static RequestSpecification json(String body) {
    return given().contentType("application/json").body(body);
  }

  public static RequestSpecification yaml(String body) {
    return given()
        .config(
            RestAssuredConfig.config()
                .encoderConfig(
                    EncoderConfig.encoderConfig()
                        .encodeContentTypeAs("application/yaml", ContentType.TEXT)))
        .contentType("application/yaml")
        .body(body);
  }

  public static Response create(String namespace, String name) {
    Response response = json(minimal(namespace, name)).post(PATH);
    response.then().statusCode(201);
    return response;
  }

  /** A URL of health or metrics, such as {@code health/ready}. */
  public static String management(String path) {
    return ConfigProvider.getConfig().getValue("test.management.url", String.class) + "/" + path;
  }
}
