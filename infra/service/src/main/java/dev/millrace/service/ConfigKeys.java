package dev.millrace.service;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.ConfigurationReader;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.env.EnvironmentPropertySource;
import io.micronaut.context.env.PropertySource;
import io.micronaut.core.naming.NameUtils;
import io.micronaut.core.type.Argument;
import io.micronaut.inject.BeanDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds keys below {@code millrace.} that nothing reads: a misspelt setting must not be a silent default. The process
 * environment is left out, because services of one deployment share theirs.
 */
final class ConfigKeys {

    private static final String OURS = "millrace.";

    private ConfigKeys() {}

    static List<String> unknown(ApplicationContext context) {
        Set<String> known = known(context).keySet();
        List<String> unknown = new ArrayList<>();
        for (PropertySource source : context.getEnvironment().getPropertySources()) {
            if (source instanceof EnvironmentPropertySource) {
                continue;
            }
            for (String key : source) {
                String normal = NameUtils.hyphenate(key, true);
                if (normal.startsWith(OURS) && known.stream().noneMatch(name -> reads(name, normal))) {
                    unknown.add(key);
                }
            }
        }
        return unknown;
    }

    /** Settings whose text is no value of their type: the framework would take the default in silence. */
    static List<String> unreadable(ApplicationContext context) {
        List<String> unreadable = new ArrayList<>();
        known(context).forEach((name, argument) -> {
            Optional<String> text = context.getEnvironment().getProperty(name, String.class);
            if (text.isPresent()
                    && context.getEnvironment().getProperty(name, argument).isEmpty()) {
                unreadable.add(name + "=" + text.get() + " (must be " + expected(argument.getType()) + ")");
            }
        });
        return unreadable;
    }

    private static String expected(Class<?> type) {
        Object[] constants = type.getEnumConstants();
        String expected = constants == null
                ? type.getSimpleName()
                : "one of "
                        + Stream.of(constants)
                                .map(constant -> constant.toString().replace('_', '-'))
                                .collect(Collectors.joining(", "));
        return expected.toLowerCase(Locale.ROOT);
    }

    private static boolean reads(String name, String key) {
        return key.equals(name) || key.startsWith(name + ".") || key.startsWith(name + "[");
    }

    private static Map<String, Argument<?>> known(ApplicationContext context) {
        Map<String, Argument<?>> known = new TreeMap<>();
        for (BeanDefinition<?> definition : context.getAllBeanDefinitions()) {
            definition
                    .stringValue(ConfigurationReader.class, ConfigurationReader.PREFIX)
                    .filter(prefix -> (prefix + ".").startsWith(OURS))
                    .ifPresent(prefix -> {
                        for (Argument<?> argument : definition.getConstructor().getArguments()) {
                            known.put(name(prefix, argument), argument);
                        }
                    });
        }
        return known;
    }

    /** A setting of another service has the name that it has there. */
    private static String name(String prefix, Argument<?> argument) {
        return argument.getAnnotationMetadata()
                .stringValue(Property.class, "name")
                .orElseGet(() -> prefix + "." + NameUtils.hyphenate(argument.getName(), true));
    }
}
