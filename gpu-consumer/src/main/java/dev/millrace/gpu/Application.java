package dev.millrace.gpu;

import dev.millrace.service.Service;

/** Starts the worker. */
public final class Application {

    private Application() {}

    public static void main(String[] args) {
        Service.run(Application.class, args);
    }
}
