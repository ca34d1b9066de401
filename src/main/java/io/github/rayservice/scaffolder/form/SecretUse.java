package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A Secret of the team's namespace, by its name only. kro copies it into the target namespace when
 * it has the label {@code rayservice-scaffolder/use: "true"}; the service never reads it.
 */
@Schema(name = "SecretUse")
public record SecretUse(
    @Field(value = "Name of the Secret", required = true, example = "hugging-face", title = "Name")
        @Text(Grammar.SECRET)
        String name,
    @Field(
            value =
                "What it is for: environment (each key is a variable), imagePull (a registry's password) or netrc (its key .netrc has the passwords of private zips and packages)",
            required = true,
            example = "environment",
            choices = {"environment", "imagePull", SecretUse.NETRC},
            title = "Use")
        @Text(Grammar.SECRET_USE)
        String use) {
  static final String NETRC = "netrc";

  /**
   * The names of a form's Secrets, without texts that a person wrote into Git and that are none.
   */
  public static List<String> names(RayServiceForm form) {
    return form.secrets() == null
        ? List.of()
        : form.secrets().stream()
            .map(SecretUse::name)
            .filter(name -> Grammar.SECRET.check(name).isEmpty())
            .toList();
  }
}
