package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.hardware.HardwareConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.List;
import java.util.Map;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/** The form without Quarkus, for tests and benchmarks that measure milliseconds. */
public final class FormFixture {
  private FormFixture() {}

  public static FormReader reader() {
    return reader(Map.of());
  }

  /** A reader with settings of {@link FormConfig} and {@link HardwareConfig}. */
  public static FormReader reader(Map<String, String> settings) {
    Validator validator =
        Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();
    return new FormReader(validator, config(settings), profiles(settings));
  }

  /** Settings of {@link FormConfig}. */
  public static FormConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withMapping(FormConfig.class)
        .withDefaultValues(settings)
        .build()
        .getConfigMapping(FormConfig.class);
  }

  /** The profiles of settings of {@link HardwareConfig}. */
  public static HardwareProfiles profiles(Map<String, String> settings) {
    return new HardwareProfiles(
        new SmallRyeConfigBuilder()
            .withMapping(HardwareConfig.class)
            .withDefaultValues(settings)
            .build()
            .getConfigMapping(HardwareConfig.class));
  }

  /** A document with the required fields only. */
  public static ObjectNode minimal(String namespace, String name) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.putObject("metadata").put("namespace", namespace).put("name", name);
    ObjectNode spec = document.putObject("spec");
    spec.put("name", name).put("namespace", "ray-" + namespace + "-" + name);
    spec.putObject("gitlab").put("hostname", "gitlab.example.com").put("username", "ml-team");
    return document;
  }

  public static RayServiceRequest request(String namespace, String name) {
    return reader().read(minimal(namespace, name));
  }

  /** A request with a createdBy that was not validated. */
  public static RayServiceRequest unchecked(String createdBy) {
    RayServiceRequest request = request("team-ml", "text-ml");
    return new RayServiceRequest(
        request.metadata(), request.form().withCreatedBy(createdBy), List.of());
  }
}
