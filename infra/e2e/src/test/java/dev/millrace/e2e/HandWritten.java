package dev.millrace.e2e;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** Leaves out what the framework's annotation processor makes beside our classes. */
public final class HandWritten implements ImportOption {

    @Override
    public boolean includes(Location location) {
        return !location.contains("/$") && !location.contains("$Definition");
    }
}
