package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.InferenceRequested;
import dev.millrace.gpu.model.Prompt;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model that may call tools is free until it does; from there on its calls are kept to their form. */
class CallMaskTest {

    private static final String SET = """
            {'type':'object','properties':{'city':{'type':'string','maxLength':8},'days':{'type':'integer','minimum':1,
            'maximum':5}},'required':['days'],'additionalProperties':false}""";
    private static final String ANYTHING = "{'type':'object'}";
    private static final JsonNode TOOLS = new ObjectMapper()
            .createArrayNode()
            .add(Calling.tool("set", SET, true))
            .add(Calling.tool("note", "{'properties':{'größe':{'type':'integer'}},'patternProperties':{}}", false));

    private static final int CUTS = 30;
    private static final int WALKS = 40;

    /** Of tokens, for a call to be opened, written for a while and closed. */
    private static final int LEAST_ROOM = 200;

    private static final int ROOM = 2000;

    private static void advance(TokenMask mask, int... tokens) {
        for (int token : tokens) {
            BitSet allowed = mask.allowed();
            assertThat(allowed == null).isEqualTo(mask.isFree());
            assertThat(allowed == null || allowed.get(token))
                    .as("token %s", token)
                    .isTrue();
            mask.advance(token);
        }
    }

    private static BitSet bound(TokenMask mask) {
        assertThat(mask.isFree()).isFalse();
        return Objects.requireNonNull(mask.allowed());
    }

    @ParameterizedTest
    @EnumSource
    void itIsFreeBeforeACallAndAfterItAndBoundWithin(Calling calling) {
        for (int seed = 0; seed < CUTS; seed++) {
            Random random = new Random(seed);
            TokenMask mask = calling.mask(TOOLS, ROOM);
            for (int round = 0; round < 2; round++) {
                for (int token : calling.tokens("I shall see, a < b. " + round, random)) {
                    assertThat(mask.isFree()).isTrue();
                    mask.advance(token);
                }
                String arguments = calling.arguments("days", "3");
                String call = calling.call("set", arguments).substring(calling.tag.length());
                advance(mask, calling.tokens(calling.tag, random));
                for (int token : calling.tokens(call, random)) {
                    assertThat(bound(mask).get(calling.end)).isFalse();
                    advance(mask, token);
                }
            }
            assertThat(mask.isFree()).isTrue();
            advance(mask, calling.tokens("\nSo much for that.", random));
            assertThat(mask.isFree()).isTrue();
        }
    }

    /** What is free costs no more than where nothing is asked for, and is told at once. */
    @Test
    void aChooserIsBoundOnlyWithinACall() {
        Calling calling = Calling.QWEN;
        Chooser chooser = new Chooser(
                SamplingRule.greedy(),
                0,
                new int[] {0},
                Set.of(calling.end),
                calling.mask(TOOLS, ROOM),
                calling.vocabulary.size());
        for (int token : calling.tokens("It is <b>late</b>.", new Random(1))) {
            assertThat(chooser.isBound()).isFalse();
            assertThat(chooser.next().allowed()).isNull();
            chooser.advance(token);
        }
        chooser.advance(calling.token("<tool_call>"));
        assertThat(chooser.isBound()).isTrue();
        assertThat(chooser.next().allowed()).isEqualTo(bound(opened(calling)));
    }

    /** The place within a call from which what is said of its form can be tried. */
    private static TokenMask after(Calling calling, String name, String beginning) {
        TokenMask mask = calling.mask(TOOLS, ROOM);
        String call = calling.call(name, "@");
        advance(mask, calling.tokens(call.substring(0, call.indexOf('@')) + beginning, new Random(1)));
        return mask;
    }

    @ParameterizedTest
    @EnumSource
    void namesAndArgumentsAreThoseOfTheTools(Calling calling) {
        boolean bare = calling == Calling.MARKUP || calling == Calling.FUNCTION;
        String key = bare ? "<parameter=" : "{\"";
        TokenMask strict = after(calling, "set", key);
        assertThat(bound(strict).get(calling.token("d"))).isTrue();
        assertThat(bound(strict).get(calling.token("x"))).isFalse();
        advance(strict, calling.letters(bare ? "days>\n" : "days\": ", new Random(1)));
        assertThat(bound(strict).get(calling.token("3"))).isTrue();
        assertThat(bound(strict).get(calling.token("9"))).isFalse();
        if (calling == Calling.FUNCTION) {
            return;
        }
        TokenMask free = after(calling, "note", key + (bare ? "x>\n" : "x\": "));
        assertThat(bound(free).get(calling.token("9"))).isTrue();
        assertThat(bound(after(calling, "note", key)).get(calling.token("%"))).isEqualTo(!bare);
        after(calling, "note", key + (bare ? "größe>\n" : "größe\": "));
        TokenMask name = calling.mask(TOOLS, ROOM);
        String call = calling.call("@", "");
        advance(name, calling.tokens(call.substring(0, call.indexOf('@')), new Random(1)));
        assertThat(bound(name).get(calling.token("s"))).isTrue();
        assertThat(bound(name).get(calling.token("x"))).isFalse();
    }

    /** An answer that opens a call and goes on with any tokens that may come until it has ended, which its room is enough for. */
    private static List<Integer> walk(Calling calling, int room, Random random) {
        TokenMask mask = calling.mask(TOOLS, room);
        List<Integer> said = new ArrayList<>();
        for (int token : calling.tokens("So: " + calling.tag, random)) {
            said.add(token);
            mask.advance(token);
        }
        while (!mask.isFree()) {
            assertThat(said.size()).as("room for %s", calling.read(said, TOOLS)).isLessThan(room);
            said.add(calling.choose(bound(mask), random));
            mask.advance(said.get(said.size() - 1));
        }
        return said;
    }

    @ParameterizedTest
    @EnumSource
    void whateverComesOfABegunCallIsWholeAndValid(Calling calling) {
        int strict = 0;
        for (int seed = 0; seed < WALKS; seed++) {
            Random random = new Random(seed);
            List<String> read = calling.read(walk(calling, LEAST_ROOM + random.nextInt(LEAST_ROOM), random), TOOLS);
            assertThat(read.get(0)).isEqualTo("So:");
            assertThat(read).hasSizeGreaterThan(1);
            for (String call : read.subList(1, read.size())) {
                String name = call.substring(0, call.indexOf(' '));
                assertThat(name).isIn("set", "note");
                strict += name.equals("set") ? 1 : 0;
                Calling.assertValid(name.equals("set") ? SET : ANYTHING, call.substring(name.length()), "seed " + seed);
            }
        }
        assertThat(strict).isGreaterThan(WALKS / 10);
    }

    @ParameterizedTest
    @EnumSource
    void anotherWorkerGoesOnAlikeFromAnywhere(Calling calling) {
        InferenceRequested request = Calling.request(asked -> {});
        Prompt prompt = new Prompt(new int[] {0}, false, TOOLS);
        for (int seed = 0; seed < 3; seed++) {
            List<Integer> said = walk(calling, LEAST_ROOM, new Random(seed));
            TokenMask whole = calling.mask(TOOLS, LEAST_ROOM);
            FormMasks elsewhere = calling.masks(calling.vocabulary.size());
            for (int cut = 0; cut < said.size(); cut++) {
                TokenMask mask = Objects.requireNonNull(elsewhere.maskFor(request, prompt, LEAST_ROOM));
                said.subList(0, cut).forEach(mask::advance);
                assertThat(mask.isFree()).isEqualTo(whole.isFree());
                assertThat(mask.allowed()).as("seed %s, cut %s", seed, cut).isEqualTo(whole.allowed());
                whole.advance(said.get(cut));
            }
        }
    }

    /** A token may end the tag and say more, which then is the beginning of the call. */
    @Test
    void aTagThatIsSpelledOutOpensACallTooAndOneInAThoughtDoesNot() {
        Calling calling = Calling.QWEN;
        for (int seed = 0; seed < CUTS; seed++) {
            Random random = new Random(seed);
            TokenMask mask = calling.mask(TOOLS, ROOM);
            advance(mask, calling.letters("The tag <tool_call", random));
            assertThat(bound(mask).get(calling.token(">`"))).isFalse();
            assertThat(bound(mask).get(calling.token(">"))).isTrue();
            assertThat(bound(mask).get(calling.end)).isTrue();
            advance(mask, calling.token(">"));
            assertThat(bound(mask)).isEqualTo(bound(opened(calling)));
            TokenMask thought = calling.mask(TOOLS, ROOM);
            for (int token : calling.tokens("<think>The tag <tool_call>` and <tool_call", random)) {
                assertThat(thought.isFree()).isTrue();
                thought.advance(token);
            }
            advance(thought, calling.tokens("</think>\n", random));
            assertThat(thought.isFree()).isTrue();
            advance(thought, calling.tokens("<tool_call>\n", random));
            assertThat(thought.isFree()).isFalse();
        }
    }

    @Test
    void aCallThatWasBegunWhereNoneWasHeldGoesOnAsItBegan() {
        Calling calling = Calling.QWEN;
        TokenMask mask = calling.mask(TOOLS, ROOM);
        for (int token : calling.tokens("<tool_call>{\"name\": \"other\", \"arguments\": {\"a\"", new Random(1))) {
            mask.advance(token);
        }
        assertThat(mask.isFree()).isTrue();
        assertThat(mask.allowed()).isNull();
        advance(mask, calling.tokens(": 1}}\n</tool_call>\n<tool_call>", new Random(1)));
        assertThat(bound(mask)).isEqualTo(bound(opened(calling)));
    }

    private static TokenMask opened(Calling calling) {
        TokenMask mask = calling.mask(TOOLS, ROOM);
        advance(mask, calling.token("<tool_call>"));
        return mask;
    }

    @Test
    void whereNothingIsToBeHeldThereIsNoMask() {
        JsonNode free = new ObjectMapper().createArrayNode().add(Calling.tool("set", SET, false));
        assertThat(Calling.QWEN.mask(free, ROOM, request -> {})).isNull();
        assertThat(Calling.QWEN.mask(TOOLS, ROOM, request -> request.setToolChoice("\"none\"")))
                .isNull();
        assertThat(Calling.QWEN.mask(free, ROOM, request -> request.setToolChoice("\"required\"")))
                .isInstanceOf(ThoughtMask.class);
    }

    @Test
    void aSelectionOfToolsIsKeptToEvenIfNoneIsStrict() {
        Calling calling = Calling.QWEN;
        JsonNode tools = new ObjectMapper()
                .createArrayNode()
                .add(Calling.tool("set", SET, false))
                .add(Calling.tool("note", ANYTHING, false));
        String selection = "{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'type':'function',"
                + "'function':{'name':'set'}}]}}";
        String choice = Calling.json(selection).toString();
        TokenMask mask = Objects.requireNonNull(calling.mask(tools, ROOM, request -> request.setToolChoice(choice)));
        advance(mask, calling.tokens("I call: <tool_call>\n{\"name\": \"", new Random(1)));
        assertThat(bound(mask).get(calling.token("s"))).isTrue();
        assertThat(bound(mask).get(calling.token("n"))).isFalse();
        advance(mask, calling.tokens("set\", \"arguments\": {\"days\": \"many\"}}\n</tool_call>", new Random(1)));
        assertThat(mask.isFree()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatAStrictToolCannotBeKeptToIsRefused(Calling calling) {
        JsonNode tools = new ObjectMapper()
                .createArrayNode()
                .add(Calling.tool("set", SET, false))
                .add(Calling.tool("note", "{'type':'object','patternProperties':{}}", true));
        assertThatThrownBy(() -> calling.mask(tools, ROOM)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.failure().getStatus()).isEqualTo(400);
            assertThat(refused.failure().getParam()).isEqualTo("tools");
            assertThat(refused.failure().getMessage()).contains("patternProperties");
        });
    }

    @Test
    void whereNoFormIsKeptAStrictToolIsRefused() {
        Prompt prompt = new Prompt(new int[] {0}, false, TOOLS);
        assertThatThrownBy(() -> MaskFactory.none().maskFor(Calling.request(asked -> {}), prompt, ROOM))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.failure().getParam()).isEqualTo("tools"));
    }

    @Test
    void severalCallsInOneBlockAreOnesThatMayBeParallel() {
        Calling calling = Calling.DEEPSEEK;
        String call = calling.call("set", "{\"days\": 1}").replace("<｜tool▁calls▁end｜>", "\n");
        for (boolean parallel : Set.of(true, false)) {
            TokenMask mask = Objects.requireNonNull(
                    calling.mask(TOOLS, ROOM, request -> request.setParallelToolCalls(parallel)));
            advance(mask, calling.tokens(call, new Random(1)));
            assertThat(bound(mask).get(calling.token("<｜tool▁call▁begin｜>"))).isEqualTo(parallel);
            assertThat(bound(mask).get(calling.token("<｜tool▁calls▁end｜>"))).isTrue();
        }
    }
}
