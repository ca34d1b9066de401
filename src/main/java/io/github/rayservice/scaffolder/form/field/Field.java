package io.github.rayservice.scaffolder.form.field;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field of the form: what it means, its default, and how the Backstage form shows it. Its type is
 * that of the record component, its limits are the constraints beside it.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Field {
  /** What it means, in half a sentence; for the API, kro's schema, the form and the docs. */
  String value();

  /** Whether it must be given. */
  boolean required() default false;

  /** Whether the service fills in an absent field that is required: then only kro requires it. */
  boolean filledIn() default false;

  /** Whether an absent field stays absent; it is then null, and no file has it. */
  boolean optional() default false;

  /** The maximum number of items of a list. */
  int maxItems() default 100;

  /** The field of a list's items that differs between them; empty for none. */
  String key() default "";

  /** Whether kro refuses to change it. */
  boolean immutable() default false;

  /** What a changed value does to what runs; by default that of the parent, and in place. */
  ChangeEffect effect() default ChangeEffect.OF_PARENT;

  /**
   * The value of an absent field, as text. An optional field has none, nor has an object: an absent
   * one is read as an empty object.
   */
  String defaultValue() default "";

  /**
   * A rule between the fields of an object, or of a list's items, or about a value that its limits
   * do not say, as a CEL expression about {@code self} for kro; the service has the same rule in
   * Java. Empty for none.
   */
  String validation() default "";

  /**
   * The texts that the Backstage form offers, and that OpenAPI lists; empty for any. A field of a
   * Ray Service has them as the alternatives of its grammar, too, which kro's schema has.
   */
  String[] choices() default {};

  /** A value for the API's description; empty for none. */
  String example() default "";

  /** Title in the Backstage form; empty when the form does not have the field. */
  String title() default "";

  /** The page of the Backstage form; of a nested field, that of its parent. */
  Page page() default Page.NONE;

  /** Whether the update form has it, too. */
  boolean inUpdate() default false;

  /** What a person who fills in the form should know beyond the meaning; empty for nothing. */
  String help() default "";

  /** What the form shows in the empty field; empty for nothing. */
  String placeholder() default "";

  /** A page of the Backstage form. */
  enum Page {
    WHAT,
    WHERE,
    HOW_MUCH,
    /** Folded: most forms need none of these. */
    ADVANCED,
    /** The field is not in the form. */
    NONE
  }
}
