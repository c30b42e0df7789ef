package dev.millrace.local;

import dev.millrace.local.service.Service;
import java.io.IOException;
import java.util.List;

/** The ports of one stack, kept through restarts of its parts. */
record Ports(
        int broker,
        int brokerController,
        int postgres,
        int redis,
        int billing,
        int router,
        int ingress,
        List<Integer> workers) {

    static HeldPorts hold(StackSettings settings) throws IOException {
        return HeldPorts.choose(7 + settings.workers());
    }

    static Ports of(StackSettings settings, HeldPorts held) {
        List<Integer> free = held.numbers();
        return new Ports(
                free.get(0),
                free.get(1),
                free.get(2),
                free.get(3),
                free.get(4),
                free.get(5),
                settings.port() == 0 ? free.get(6) : settings.port(),
                free.subList(7, free.size()));
    }

    int of(Service service, int number) {
        return switch (service) {
            case INGRESS -> ingress;
            case ROUTER -> router;
            case BILLING -> billing;
            case WORKER -> workers.get(number - 1);
        };
    }
}
