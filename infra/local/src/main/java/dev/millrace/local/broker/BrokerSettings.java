package dev.millrace.local.broker;

import dev.millrace.topic.Limits;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings of a broker that is alone, close by and often restarted. */
final class BrokerSettings {

    private static final String LOOPBACK = "127.0.0.1";

    private BrokerSettings() {}

    static Map<String, String> of(int port, int controllerPort, Path directory) {
        Map<String, String> settings = new LinkedHashMap<>();
        identity(settings, port, controllerPort, directory);
        alone(settings);
        quickGroups(settings);
        sizes(settings);
        return settings;
    }

    private static void identity(Map<String, String> settings, int port, int controllerPort, Path directory) {
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@" + LOOPBACK + ":" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put(
                "listeners",
                "PLAINTEXT://" + LOOPBACK + ":" + port + ",CONTROLLER://" + LOOPBACK + ":" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://" + LOOPBACK + ":" + port);
        settings.put("log.dirs", directory.toString());
    }

    private static void alone(Map<String, String> settings) {
        settings.put("auto.create.topics.enable", "false");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "4");
        // Else a broker that was killed is fenced for long after it is back; shorter, and a busy machine fences one
        // that is alive. One that is stopped leaves in good order, so that its next start need not wait for that.
        settings.put("broker.session.timeout.ms", "6000");
        settings.put("broker.heartbeat.interval.ms", "500");
        // Marks that time has passed, for controllers that follow another.
        settings.put("metadata.max.idle.interval.ms", "10000");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
    }

    /** A member that dies is missed within seconds, and a first member does not wait for others. */
    private static void quickGroups(Map<String, String> settings) {
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.session.timeout.ms", "1000");
        settings.put("group.consumer.session.timeout.ms", "5000");
        settings.put("group.consumer.min.heartbeat.interval.ms", "200");
        settings.put("group.consumer.heartbeat.interval.ms", "500");
        settings.put("group.consumer.assignment.interval.ms", "0");
        settings.put("group.streams.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.min.session.timeout.ms", "1000");
        settings.put("group.streams.session.timeout.ms", "5000");
        settings.put("group.streams.min.heartbeat.interval.ms", "200");
        settings.put("group.streams.heartbeat.interval.ms", "500");
        settings.put("group.streams.assignment.interval.ms", "0");
    }

    private static void sizes(Map<String, String> settings) {
        String maxRecordBytes = Integer.toString(Limits.MAX_RECORD_BYTES);
        settings.put("message.max.bytes", maxRecordBytes);
        settings.put("replica.fetch.max.bytes", maxRecordBytes);
        settings.put("log.message.timestamp.type", "LogAppendTime");
        settings.put("log.cleaner.dedupe.buffer.size", "4194304");
        settings.put("log.segment.bytes", "134217728");
        settings.put("log.index.size.max.bytes", "1048576");
        settings.put("log.initial.task.delay.ms", "5000");
    }
}
