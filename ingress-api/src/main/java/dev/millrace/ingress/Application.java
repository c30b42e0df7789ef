package dev.millrace.ingress;

import dev.millrace.service.Service;

/** Starts the ingress. */
public final class Application {

    private Application() {}

    public static void main(String[] args) {
        Service.run(Application.class, args);
    }
}
