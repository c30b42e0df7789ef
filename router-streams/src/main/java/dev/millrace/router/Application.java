package dev.millrace.router;

import dev.millrace.service.Service;

/** The router and the settler. */
public final class Application {

    private Application() {}

    public static void main(String[] args) {
        Service.run(Application.class, args);
    }
}
