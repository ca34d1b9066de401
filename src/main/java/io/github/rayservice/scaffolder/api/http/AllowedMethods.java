package io.github.rayservice.scaffolder.api.http;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The methods of an address, from the annotations of the resources. Quarkus REST knows them by
 * class only, and so names methods of the class's other addresses or none.
 */
@Singleton
final class AllowedMethods {
  private static final Pattern VARIABLE = Pattern.compile("\\{[^{}:]+(?::([^{}]+))?}");

  /** No name has a colon, behind which is a verb. */
  private static final String ONE_PART = "[^/:]+";

  private final List<Route> routes;

  AllowedMethods(BeanManager beans) {
    routes =
        beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
            .map(Bean::getBeanClass)
            .distinct()
            .flatMap(AllowedMethods::types)
            .filter(type -> type.isAnnotationPresent(Path.class))
            .flatMap(AllowedMethods::routes)
            .toList();
  }

  /** A method and the addresses that have it. */
  private record Route(Pattern address, String method) {}

  /** The class itself and the interfaces that carry its annotations. */
  private static Stream<Class<?>> types(Class<?> bean) {
    return Stream.concat(Stream.of(bean), Arrays.stream(bean.getInterfaces()));
  }

  private static Stream<Route> routes(Class<?> resource) {
    String root = resource.getAnnotation(Path.class).value();
    return Arrays.stream(resource.getDeclaredMethods())
        .flatMap(method -> httpMethod(method).map(name -> new Route(address(root, method), name)));
  }

  private static Stream<String> httpMethod(Method method) {
    return Arrays.stream(method.getAnnotations())
        .map(Annotation::annotationType)
        .flatMap(type -> Optional.ofNullable(type.getAnnotation(HttpMethod.class)).stream())
        .map(HttpMethod::value);
  }

  private static Pattern address(String root, Method method) {
    Path path = method.getAnnotation(Path.class);
    String template = path == null ? root : root + "/" + path.value();
    String expression =
        VARIABLE
            .matcher(template.replaceAll("/{2,}", "/"))
            .replaceAll(variable ->
                Optional.ofNullable(variable.group(1))
                    .map(String::strip)
                    .orElse(ONE_PART)
                    .replace("\\", "\\\\"));
    return Pattern.compile("/*" + expression.substring(1) + "/?");
  }

  /** For the header {@code Allow}; empty where nothing is. */
  NavigableSet<String> of(String path) {
    NavigableSet<String> methods = new TreeSet<>();
    routes.stream()
        .filter(route -> route.address().matcher(path).matches())
        .map(Route::method)
        .forEach(methods::add);
    if (methods.contains(HttpMethod.GET)) {
      methods.add(HttpMethod.HEAD);
    }
    if (!methods.isEmpty()) {
      methods.add(HttpMethod.OPTIONS);
    }
    return methods;
  }
}
