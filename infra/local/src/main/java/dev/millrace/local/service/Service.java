package dev.millrace.local.service;

/** The services, by the module that holds them. */
public enum Service {
    INGRESS("ingress", "ingress-api", "dev.millrace.ingress.Application", 512),
    ROUTER("router", "router-streams", "dev.millrace.router.Application", 512),
    WORKER("worker", "gpu-consumer", "dev.millrace.gpu.Application", 768),
    BILLING("billing", "billing-aggregator", "dev.millrace.billing.Application", 256);

    private final String processName;
    private final String module;
    private final String mainClass;
    private final int heapMegabytes;

    Service(String processName, String module, String mainClass, int heapMegabytes) {
        this.processName = processName;
        this.module = module;
        this.mainClass = mainClass;
        this.heapMegabytes = heapMegabytes;
    }

    /** The name of its process, the first part of it where there may be several. */
    public String processName() {
        return processName;
    }

    public String module() {
        return module;
    }

    public String mainClass() {
        return mainClass;
    }

    public int heapMegabytes() {
        return heapMegabytes;
    }
}
