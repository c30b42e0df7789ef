package dev.millrace.billing;

import dev.millrace.service.Service;

/** The billing service's process. */
public final class Application {

    private Application() {}

    public static void main(String[] args) {
        Service.run(Application.class, args);
    }
}
