package dev.millrace.local.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz, redis-server-6.2.6-v5-linux-amd64",
        "Linux, aarch64, postgres-linux-arm_64.txz, redis-server-6.2.7-linux-arm64",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz, redis-server-6.2.6-v5-darwin-amd64",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz, redis-server-6.2.6-v5-darwin-arm64"
    })
    void eachMachineHasItsBinaries(String osName, String osArch, String postgres, String redis) {
        Platform platform = Platform.of(osName, osArch);

        assertThat(platform.postgresArchive()).isEqualTo(postgres);
        assertThat(platform.redisProgram()).isEqualTo(redis);
    }
}
