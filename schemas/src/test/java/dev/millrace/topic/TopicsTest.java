package dev.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;

class TopicsTest {

    @Test
    void haveNamesThatKafkaTakesAndOfWhichNoneIsTwice() {
        assertThat(Topics.FIXED)
                .extracting(dev.millrace.topic.Topic::name)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).startsWith("millrace."))
                .allSatisfy(Topic::validate);
    }

    @Test
    void letOneRouterTaskSeeAModelsRequestsAndItsWorkers() {
        assertThat(Topics.REQUESTS.partitions()).isEqualTo(Topics.WORKERS.partitions());
    }

    @Test
    void takeTheLargestRecordAndTheBrokersTime() {
        assertThat(Topics.FIXED).allSatisfy(topic -> assertThat(topic.settings())
                .containsEntry("max.message.bytes", Integer.toString(Limits.MAX_RECORD_BYTES))
                .containsEntry("message.timestamp.type", "LogAppendTime"));
    }

    @Test
    void keepForEverOnlyWhatIsCompacted() {
        assertThat(Topics.RULES.settings()).containsEntry("cleanup.policy", "compact");
        assertThat(Topics.REPLIES.settings())
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", "259200000");
    }

    @Test
    void givesEveryPoolATopicOfItsOwn() {
        assertThat(Topics.work("echo").name()).isEqualTo("millrace.work.echo");
        assertThatThrownBy(() -> Topics.work("a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Topics.work("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givesEveryModelAPoolOfItsOwn() {
        assertThat(Topics.poolFor("qwen3-demo")).isEqualTo("qwen3-demo");
        assertThat(Topics.poolFor("Qwen/Qwen3-8B")).startsWith("Qwen-Qwen3-8B-");
        List<String> models = List.of(
                "Qwen-Qwen3-8B",
                "Qwen/Qwen3-8B",
                "Qwen:Qwen3-8B",
                "模型一",
                "模型二",
                ".hidden",
                "-hidden",
                "模".repeat(300),
                "型".repeat(300));
        assertThat(models)
                .extracting(Topics::poolFor)
                .doesNotHaveDuplicates()
                .allSatisfy(pool -> Topic.validate(Topics.work(pool).name()));
    }
}
