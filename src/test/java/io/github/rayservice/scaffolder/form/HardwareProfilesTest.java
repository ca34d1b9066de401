package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.hardware.Hardware;
import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a form gets by the platform's hardware profiles, and what it costs. */
class HardwareProfilesTest {
  private static final Map<String, String> SETTINGS = settings();

  private final HardwareProfiles profiles = FormFixture.profiles(SETTINGS);
  private final FormReader reader = FormFixture.reader(SETTINGS);

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.putAll(profile(0, "cpu", "node-selector", "pool=cpu", "price-per-hour", "0.125"));
    settings.putAll(
        profile(
            1,
            "a10g",
            "resource",
            "nvidia.com/gpu",
            "image-suffix",
            "-gpu",
            "price-per-hour",
            "1.21"));
    settings.putAll(profile(2, "h100", "resource", "nvidia.com/gpu", "count", "8"));
    settings.putAll(
        profile(
            3,
            "trn1",
            "resource",
            "aws.amazon.com/neuroncore",
            "count",
            "2",
            "image",
            "registry.company.com/ml/ray:2.50.0-neuron",
            "price-per-hour",
            "1.34375"));
    settings.putAll(profile(4, "any", "price-per-hour", "0.1"));
    return settings;
  }

  private static Map<String, String> profile(int index, String name, String... further) {
    String prefix = "scaffolder.hardware.profiles[" + index + "].";
    Map<String, String> settings = new HashMap<>(Map.of(prefix + "name", name));
    for (int i = 0; i < further.length; i += 2) {
      settings.put(prefix + further[i], further[i + 1]);
    }
    return settings;
  }

  private static ObjectNode document(String spec) throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").put("rayServeFile", "");
    document.withObject("/spec").setAll((ObjectNode) StrictYaml.read("{" + spec + "}"));
    return document;
  }

  private RayServiceForm form(String spec) throws Exception {
    return reader.read(document(spec)).form();
  }

  private static List<Violation> violations(FormReader reader, String spec) throws Exception {
    ObjectNode document = document(spec);
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));
    assertThat(e).as(spec).isNotNull();
    return e.violations();
  }

  @Test
  void theServiceWritesWhatAProfileIs() throws Exception {
    RayServiceForm form = form("resources: {head: {profile: cpu}, worker: {profile: a10g}}");

    assertThat(form.resources().head().hardware())
        .isEqualTo(new Hardware(null, null, Map.of("pool", "cpu"), null, null, null, null));
    assertThat(form.resources().worker().hardware())
        .isEqualTo(new Hardware("nvidia.com/gpu", 1, null, null, null, "-gpu", null));
  }

  /** Nothing but a price: Git says nothing of the hardware. */
  @Test
  void aProfileThatAsksForNothingWritesNothing() throws Exception {
    assertThat(form("resources: {worker: {profile: any}}").resources().worker().hardware())
        .isNull();
  }

  @Test
  void whatARequestSaysOfTheHardwareIsReplaced() throws Exception {
    RayServiceForm form =
        form(
            "resources: {worker: {profile: a10g, hardware: {resource: nvidia.com/gpu, count: 8, nodeSelector: {a: b}}}}");

    assertThat(form).isEqualTo(form("resources: {worker: {profile: a10g}}"));
  }

  @Test
  void whatTheServiceWroteCanBeSentBack() throws Exception {
    RayServiceForm form = form("resources: {head: {profile: cpu}, worker: {profile: trn1}}");
    ObjectNode document = document("");
    document.set("spec", new ObjectMapper().valueToTree(form));

    assertThat(reader.read(document).form()).isEqualTo(form);
    assertThat(reader.readStored(document).spec()).isEqualTo(form);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: {worker: {profile: l4}} | spec.resources.worker.profile | must be one of cpu, a10g, h100, trn1, any",
        "resources: {head: {profile: l4}} | spec.resources.head.profile | must be one of cpu, a10g, h100, trn1, any",
        "resources: {worker: {profile: A10G}} | spec.resources.worker.profile | must be the name of a hardware profile: lower-case letters, digits and '-', with a letter or digit at both ends",
        "resources: {worker: {hardware: {nodeSelector: {a: b}}}} | spec.resources.worker.hardware | must be absent without profile: name a profile, and the service writes what it is",
        "resources: {head: {hardware: {}}} | spec.resources.head.hardware | must be absent without profile: name a profile, and the service writes what it is",
        "resources: {worker: {profile: a10g, gpu: 1}} | spec.resources.worker.gpu | must be 0 beside a profile with devices of its own: a10g has 1 nvidia.com/gpu",
        "resources: {worker: {profile: a10g, hardware: {count: 65}}} | spec.resources.worker.hardware.count | must be at most 64",
        "resources: {worker: {profile: a10g, hardware: {tolerations: [{effect: Never}]}}} | spec.resources.worker.hardware.tolerations[0].effect | must be NoSchedule, PreferNoSchedule or NoExecute",
        "resources: {worker: {profile: a10g, hardware: {price: 1}}} | spec.resources.worker.hardware.price | is not a field; known fields: resource, count, nodeSelector, tolerations, image, imageSuffix, runtimeClassName",
      })
  void whatAFormMayNotSayOfItsHardware(String spec, String field, String rule) throws Exception {
    assertThat(violations(reader, spec))
        .singleElement()
        .satisfies(v -> {
          assertThat(v.field()).isEqualTo(field);
          assertThat(v.rule()).isEqualTo(rule);
        });
  }

  @Test
  void gpusMayBeOnHardwareWithoutDevices() throws Exception {
    assertThat(form("resources: {worker: {profile: cpu, gpu: 1}}").resources().worker().gpus())
        .isEqualTo(1);
  }

  @Test
  void aPlatformWithoutProfilesSaysSo() throws Exception {
    assertThat(violations(FormFixture.reader(), "resources: {worker: {profile: a10g}}"))
        .singleElement()
        .satisfies(v ->
            assertThat(v.rule())
                .isEqualTo(
                    "must be absent: this platform has no hardware profiles; send the form without profile and hardware to the API"));
  }

  @Test
  void theCeilingOfGpusIsThatOfProfilesToo() throws Exception {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.put("scaffolder.form.max-gpus", "7");
    FormReader limited = FormFixture.reader(settings);

    assertThat(violations(limited, "resources: {head: {profile: h100}, worker: {profile: h100}}"))
        .extracting(v -> v.field() + " " + v.rule())
        .containsExactly(
            "spec.resources.head.profile must have at most 7 nvidia.com/gpu (has 8)",
            "spec.resources.worker.profile must have at most 7 nvidia.com/gpu (has 8)");
    assertThat(limited.read(document("resources: {worker: {profile: a10g}}")).form()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: {worker: {profile: h100}} | spec.ray.image | has no CUDA, but each worker asks for a GPU: take a tag that ends in -gpu",
        "ray: {image: 'rayproject/ray:2.60.0'}, resources: {worker: {profile: a10g}} | spec.ray.image | has no CUDA, but each worker asks for a GPU: take a tag that ends in -gpu",
        "resources: {worker: {profile: trn1}} | spec.resources.worker.profile | has Ray 2.50.0, but ray.version is 2.60.0: KubeRay takes its decisions by the latter",
      })
  void theImageOfAProfileIsJudgedAsTheFormsOwn(String spec, String field, String rule)
      throws Exception {
    assertThat(reader.read(document(spec)).warnings())
        .singleElement()
        .satisfies(w -> {
          assertThat(w.field()).isEqualTo(field);
          assertThat(w.rule()).isEqualTo(rule);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: {worker: {profile: a10g}}",
        "ray: {image: 'rayproject/ray:2.60.0'}, resources: {worker: {profile: trn1}}",
        "ray: {image: 'rayproject/ray:2.60.0-gpu'}, resources: {worker: {profile: h100}}",
      })
  void anImageThatFitsIsNoWarning(String spec) throws Exception {
    assertThat(reader.read(document(spec)).warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a10g | 2 | spec.resources.worker.profile a10g is too little: a replica of the language model needs GPUs (4), and all workers together have 2",
        "h100 | 1 |",
      })
  void aLanguageModelHasTheGpusOfItsProfile(String profile, int workers, String warning)
      throws Exception {
    List<Violation> warnings =
        reader
            .read(
                document(
                    "importPath: 'ray.serve.llm:build_openai_app', args: {llm_configs: [{model_loading_config: {model_id: m}, engine_kwargs: {tensor_parallel_size: 4}}]}, ray: {image: '%s'}, replicas: %d, resources: {worker: {profile: %s}}"
                        .formatted(LanguageModelForm.IMAGE, workers, profile)))
            .warnings();

    assertThat(warnings)
        .extracting(w -> w.field() + " " + w.value() + " " + w.rule())
        .isEqualTo(warning == null ? List.of() : List.of(warning));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: {worker: {profile: a10g}} | 1766.60 USD",
        "replicas: 1, resources: {worker: {profile: cpu}} | 91.25 USD",
        "replicas: 1, resources: {worker: {profile: trn1}} | 980.94 USD",
        "resources: {head: {profile: cpu}, worker: {profile: a10g}} | 1857.85 USD",
        "resources: {head: {profile: cpu}} | 91.25 USD",
        "resources: {head: {profile: h100}, worker: {profile: cpu}} | 182.50 USD",
        "replicas: 1, autoscaling: {minReplicas: 0, maxReplicas: 3}, resources: {head: {profile: cpu}, worker: {profile: a10g}} | 91.25 to 2741.15 USD",
        "replicas: 2, autoscaling: {minReplicas: 2, maxReplicas: 2}, resources: {worker: {profile: a10g}} | 1766.60 USD",
        "replicas: 0, resources: {worker: {profile: a10g}} | 0.00 USD",
      })
  void aMonthHas730Hours(String spec, String cost) throws Exception {
    assertThat(profiles.monthlyCost(form(spec)).map(MonthlyCost::text)).hasValue(cost);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"replicas: 1", "resources: {worker: {profile: h100}}"})
  void withoutAPriceThereIsNoCost(String spec) throws Exception {
    assertThat(profiles.monthlyCost(form(spec))).isEmpty();
  }

  @Test
  void aProfileThatIsGoneHasNoCost() throws Exception {
    RayServiceForm stored =
        reader
            .readStored(document("resources: {head: {profile: cpu}, worker: {profile: l4}}"))
            .spec();

    assertThat(profiles.monthlyCost(stored)).isEmpty();
  }

  @Test
  void theCurrencyIsThePlatforms() throws Exception {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.put("scaffolder.hardware.currency", "EUR");

    assertThat(
            FormFixture.profiles(settings)
                .monthlyCost(form("replicas: 1, resources: {worker: {profile: any}}"))
                .map(MonthlyCost::text))
        .hasValue("73.00 EUR");
  }

  @Test
  void anotherProfileMakesASecondClusterByWhatItIs() throws Exception {
    RayServiceForm before = form("resources: {worker: {profile: a10g}}");
    RayServiceForm after = form("resources: {worker: {profile: trn1}}");

    assertThat(FieldChange.between(before, after))
        .extracting(change -> change.field() + " " + change.effect().code())
        .containsExactly(
            "resources.worker.profile none",
            "resources.worker.hardware.resource newCluster",
            "resources.worker.hardware.count newCluster",
            "resources.worker.hardware.image newCluster",
            "resources.worker.hardware.imageSuffix newCluster");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: {worker: {profile: h100}} | 2 CPU, 4096Mi memory, 16 GPU",
        "resources: {head: {profile: a10g}, worker: {profile: cpu, gpu: 2}} | 2 CPU, 4096Mi memory, 5 GPU",
        "replicas: 3, resources: {head: {profile: trn1}, worker: {profile: trn1}} | 2.5 CPU, 5120Mi memory, 8 aws.amazon.com/neuroncore",
      })
  void theResourcesOfAClusterHaveTheDevicesOfItsProfiles(String spec, String text)
      throws Exception {
    assertThat(ClusterResources.of(form(spec)).orElseThrow().text()).isEqualTo(text);
  }
}
