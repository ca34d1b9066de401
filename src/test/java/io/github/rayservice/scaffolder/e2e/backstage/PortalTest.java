package io.github.rayservice.scaffolder.e2e.backstage;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs in a real Backstage, only in the profile backstage. Parameters of type {@link Portal} are
 * injected. The timeout only ends a test that would otherwise wait for ever.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("backstage")
@Timeout(600)
@ExtendWith(PortalExtension.class)
@interface PortalTest {}
