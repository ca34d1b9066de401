package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.field.Field.Page;
import io.github.rayservice.scaffolder.form.value.Between;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import jakarta.validation.Valid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form of a language model without code, as far as it differs from {@link RayServiceForm}. The
 * pages of its Backstage form are generated from it. It is no part of the API: the form's step,
 * {@code templates/backstage/language-model.yaml}, makes a Ray Service of it.
 */
public record LanguageModelForm(
    @Field(
            value = "Name by which clients ask for the model",
            required = true,
            title = "Model",
            page = Page.WHAT,
            placeholder = "Qwen/Qwen2.5-7B-Instruct")
        @Text(Grammar.MODEL_ID)
        String modelId,
    @Field(
            value =
                "Where its weights are: a Hugging Face id, an address in S3, GCS or Azure, or a path in the image",
            optional = true,
            title = "Source",
            page = Page.WHAT,
            placeholder = "s3://models/qwen2.5-7b-instruct",
            help =
                "Empty means that the model's name is its Hugging Face id. A gated model needs a token.")
        @Text(Grammar.MODEL_SOURCE)
        @Nullable String modelSource,
    @Field(
            value =
                "Secrets of the team's namespace, such as one with the token of a gated model or a private bucket; each has the label rayservice-scaffolder/use=true",
            optional = true,
            key = "name",
            maxItems = 20,
            title = "Secrets",
            page = Page.WHAT)
        @Nullable List<@Valid SecretUse> secrets,
    @Field(
            value = RayServiceForm.CLOUD_IDENTITY,
            optional = true,
            title = "Cloud identity",
            page = Page.WHAT,
            help =
                "For weights in a bucket, without a Secret. The platform says which roles your team may take.")
        @Text(Grammar.CLOUD_IDENTITY)
        @Nullable String cloudIdentity,
    @Field(value = ModelCache.MEANING, optional = true, title = "Model cache", page = Page.WHAT)
        @Valid
        @Nullable ModelCache modelCache,
    @Field(
            value = "Tokens of a request and its answer together",
            optional = true,
            title = "Context length",
            page = Page.WHAT,
            help =
                "Empty means what the model can do, which may need more GPU memory than there is.")
        @Between(min = 1, max = 10_000_000)
        @Nullable Integer maxModelLen,
    @Field(
            value = "How the weights are quantised, by vLLM's name",
            optional = true,
            choices = {"awq", "bitsandbytes", "compressed-tensors", "fp8", "gptq"},
            title = "Quantisation",
            page = Page.WHAT,
            help =
                "Empty means what the model's own files say. Only bitsandbytes and fp8 quantise a model that is not.")
        @Nullable String quantization,
    @Field(
            value = "Number of GPUs that the model is split over",
            defaultValue = "1",
            title = "GPUs of each replica",
            page = Page.HOW_MUCH)
        @Between(min = 1, max = 64)
        int gpus,
    @Field(
            value = "Hardware of each replica; the model is split over all of its GPUs",
            required = true,
            title = "Hardware of each replica",
            page = Page.HOW_MUCH)
        @Text(Grammar.PROFILE)
        String profile,
    @Field(
            value = "Kind of GPU that a replica waits for, by Ray's name",
            optional = true,
            choices = {
              "A100",
              "A10G",
              "B200",
              "B300",
              "GB200",
              "GB300",
              "H100",
              "H20",
              "H200",
              "L4",
              "L40S",
              "RTX-PRO-6000",
              "T4"
            },
            title = "Kind of GPU",
            page = Page.HOW_MUCH,
            help =
                "Empty means any. It chooses no node, and Ray adds no workers for it: then let both numbers of replicas be the same.")
        @Nullable String acceleratorType,
    @Field(
            value = "Least number of replicas, each on a worker of its own",
            defaultValue = "1",
            title = "Fewest replicas",
            page = Page.HOW_MUCH)
        @Between(min = 1, max = 1000)
        int minReplicas,
    @Field(
            value = "Greatest number of replicas",
            defaultValue = "1",
            title = "Most replicas",
            page = Page.HOW_MUCH)
        @Between(min = 1, max = 1000)
        int maxReplicas,
    @Field(
            value =
                "Requests that each replica should have at a time; with more, Ray adds replicas",
            defaultValue = "32",
            title = "Requests for each replica",
            page = Page.HOW_MUCH)
        @Between(min = 1, max = 1_000_000)
        int targetOngoingRequests,
    @Field(
            value = "CPU request of each Ray worker, a Kubernetes quantity",
            defaultValue = "4",
            title = "Worker CPU",
            page = Page.HOW_MUCH,
            help = "At least 2: one for the replica, one for the router of requests")
        @Text(Grammar.QUANTITY)
        String workerCpu,
    @Field(
            value = "Memory request and limit of each Ray worker, a Kubernetes quantity",
            defaultValue = "24Gi",
            title = "Worker memory",
            page = Page.HOW_MUCH,
            help = "The weights go through it to the GPUs")
        @Text(Grammar.QUANTITY)
        String workerMemory,
    @Field(
            value = Resources.WORKER_STORAGE,
            defaultValue = "50Gi",
            title = "Worker disk",
            page = Page.HOW_MUCH,
            help = "The weights are there, unless there is a model cache")
        @Text(Grammar.QUANTITY)
        String workerEphemeralStorage,
    @Field(
            value = "CPU request of the Ray head, a Kubernetes quantity",
            defaultValue = "2",
            title = "Head CPU",
            page = Page.HOW_MUCH,
            help = Resources.CPU_HELP)
        @Text(Grammar.QUANTITY)
        String headCpu,
    @Field(
            value = "Memory request and limit of the Ray head, a Kubernetes quantity",
            defaultValue = "8Gi",
            title = "Head memory",
            page = Page.HOW_MUCH,
            help = "The head loads vLLM, too, to read the form's settings")
        @Text(Grammar.QUANTITY)
        String headMemory,
    @Field(
            value = "Ray version of the image, 2.52.0 or newer",
            defaultValue = RayServiceForm.RAY_VERSION,
            title = "Ray version",
            page = Page.WHAT)
        @Text(Grammar.RAY_RELEASE)
        String rayVersion,
    @Field(
            value = "Container image of head and workers, with Ray and vLLM",
            defaultValue = IMAGE,
            title = "Image",
            page = Page.WHAT)
        @Text(Grammar.RAY_IMAGE)
        String image) {

  /**
   * Default of {@code image}. Ray publishes ray-llm only with the suffix of a Python and a CUDA
   * release; this is the one of Ray 2.56.0 to 2.59.0.
   */
  static final String IMAGE = "rayproject/ray-llm:" + RayServiceForm.RAY_VERSION + "-py312-cu130";
}
