package dev.millrace.gpu.work;

/** Who a worker is. Its name is drawn afresh at each start, so that nothing said to an earlier one is taken as meant for it. */
record WorkerId(String name, String model, String pool, String provider) {}
