package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import jakarta.validation.Valid;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A runtime environment of Ray, as far as the form has words for it. */
@Schema(name = "RuntimeEnv")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RuntimeEnv(
    @Field(
            value = "Python packages that Ray installs before the application starts",
            optional = true,
            example = "transformers<5",
            title = "Python packages",
            help = "One requirement each, as pip takes it. Large ones belong into an image.")
        @Nullable List<@Text(Grammar.REQUIREMENT) String> pip,
    @Field(
            value = "Environment variables of the application",
            optional = true,
            key = "name",
            title = "Environment variables",
            help = "No secrets: Git keeps them for ever.")
        @Nullable List<@Valid EnvVar> envVars) {

  /** An environment variable. */
  @Schema(name = "EnvVar")
  public record EnvVar(
      @Field(value = "Name of the variable", required = true, example = "HF_HOME", title = "Name")
          @Text(Grammar.VARIABLE)
          String name,
      @Field(value = "Value of the variable", required = true, title = "Value")
          @Text(Grammar.VARIABLE_VALUE)
          String value) {}
}
