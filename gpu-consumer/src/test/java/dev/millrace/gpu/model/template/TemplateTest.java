package dev.millrace.gpu.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is expected here is what Jinja 3.1 gives under the same options. */
class TemplateTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-05T07:08:09Z"), ZoneOffset.UTC);
    private static final String VARIABLES = """
            {"s": "Hello, 你好 😀x", "e": "", "n": null, "i": 7, "f": 2.5, "t": true, "l": [3, 1, 2],
             "words": ["b", "A", "c"], "nest": [[1, 2], [3]], "d": {"b": 1, "a": {"x": [1, "two", null, true, 1.5]}},
             "big": 12345678901234567890,
             "m": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": null}, {"role": "tool"}]}
            """;

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
            s|length => 12
            s[7] ~ s[-2] ~ s[::-1][0] => 你😀x
            s[7:9] ~ s[-1:] ~ l[1:] ~ l[::-1] => 你好x[1, 2][2, 1, 3]
            i / 2 ~ ' ' ~ -7 // 2 ~ ' ' ~ -7 % 3 ~ ' ' ~ 2 ** 3 ~ ' ' ~ f => 3.5 -4 2 8 2.5
            (1 - 3) ** 3 ~ ' ' ~ (-2) ** 4 ~ ' ' ~ (-1) ** 3 ~ ' ' ~ 0 ** 0 => -8 16 -1 1
            1e16 ~ ' ' ~ (0.1 + 0.2) ~ ' ' ~ 1e-5 ~ ' ' ~ 100.0 ~ ' ' ~ (big + 1) => 1e+16 0.30000000000000004 1e-05 100.0 12345678901234567891
            [n, t, 'a', "it's", 1.0, (1,), {'k': n}] => [None, True, 'a', "it's", 1.0, (1,), {'k': None}]
            [undefd] ~ undefd ~ n => [Undefined]None
            1 < 2 < 3 and not 1 > 2 and 'a' in 'abc' and 'z' not in d => True
            1 == 1.0 == t and [1] != (1,) => True
            1 ~ 2 + '3' => 123
            'a' if n else 'b' if t else 'c' => b
            ('a' if n) is defined => False
            e or n or 'x' => x
            'a' 'b' ~ '\\n\\x41'|tojson => ab"\\nA"
            '%s is %05.1f %d%%' % ('a', f, 9) => a is 002.5 9%
            '{} {1} {k}'.replace('1', '').format(1, 2, k=3) => 1 2 3
            '[{:>5}|{:<4}|{:^5}|{:*^6}|{:05d}|{:+}|{:,}'.format('a', 'b', 'c', 'd', -42, 3, 1234567) => [    a|b   |  c  |**d***|-0042|+3|1,234,567
            '{:.2f} {:08.3f} {:.1%} {:e} {:g} {:x} {:#X} {:b} {:c}'.format(f, -f, 0.256, 12345.678, 1e-5, 255, 255, 5, 65) => 2.50 -002.500 25.6% 1.234568e+04 1e-05 ff 0XFF 101 A
            '{0[a][x][1]} {1!r:>6} {m.role} {:{w}.{p}}|'.replace(':{w', '1:{w').format(d, 'ab', m=m[0], w=4, p=1) => two   'ab' user a   |
            '%e %.3g %G %c%c %.3d %#x %.0f' % (f, 1234.5, 1e-7, 65, 'b', 7, 255, -0.4) => 2.500000e+00 1.23e+03 1E-07 Ab 007 0xff -0
            d.b ~ d['b'] ~ d.get('b') ~ d.get('q', 'z') ~ d.a.x[1] => 111ztwo
            d.items()|list|length ~ d.keys()|list ~ d.values()|first => 2['b', 'a']1
            ' a  b '.split() ~ 'a,b'.split(',') ~ 'aXbXc'.rsplit('X', 1) => ['a', 'b']['a', 'b']['aXb', 'c']
            'xaxx'.strip('x') ~ ' b '.lstrip() ~ 'c'.rstrip('c') ~ '|' => ab |
            s.startswith('He') ~ s.endswith(('q', 'x')) => TrueTrue
            'abab'.replace('a', '-', 1) ~ 'abc'.find('c') ~ 'aXa'.upper().lower() ~ "it's".title() => -bab2axaIt'S
            d|tojson => {"b": 1, "a": {"x": [1, "two", null, true, 1.5]}}
            ['<é>', []]|tojson(indent=1) => [\\n "<é>",\\n []\\n]
            {'b': 1, 'a': 2}|tojson(sort_keys=true, separators=(',', ':')) => {"a":2,"b":1}
            m|map(attribute='role')|join(',') => user,assistant,tool
            words|map('upper')|list ~ l|sort ~ words|sort(reverse=true) => ['B', 'A', 'C'][1, 2, 3]['c', 'b', 'A']
            m|selectattr('role', 'equalto', 'user')|map(attribute='content')|first => hi
            m|rejectattr('content', 'defined')|list|length ~ l|select('odd')|list ~ l|reject('gt', 1)|list => 1[3, 1][1]
            l|first ~ l|last ~ l|sum ~ l|max ~ l|min ~ [1, 1]|unique|list => 32631[1]
            ([d]|min == d) ~ ' ' ~ -0.4|round ~ ' ' ~ -0.4|round(0, 'ceil') ~ ' ' ~ 0.0 % -7 => True -0.0 0.0 -0.0
            [{'a': 2, 'b': 'x'}, {'a': 1, 'b': 'y'}, {'a': 1, 'b': 'C'}]|sort(attribute='a,b')|map(attribute='b')|join => Cyx
            l|batch(2)|list ~ l|reverse|list ~ m|groupby('role')|length => [[3, 1], [2]][2, 1, 3]3
            m|groupby('role')|map(attribute='grouper')|list ~ (m|groupby('role')|first).list|length => ['assistant', 'tool', 'user']1
            '0x1F'|int(base=16) ~ '-0b11'|int(0, 2) ~ '17'|int(base=8) ~ '0x1F'|int ~ 'ff'|int(5, 16) => 31-3150255
            d|dictsort ~ {'a': 1}|items|list => [('a', {'x': [1, 'two', None, True, 1.5]}), ('b', 1)][('a', 1)]
            undefd|default('x') ~ n|default('y') ~ n|default('z', true) ~ undefd.x|d('w') if false else undefd|d(1) => 1
            '3.7'|int ~ 'q'|int(5) ~ '2.5'|float ~ 3|string ~ -3|abs ~ 2.5|round ~ ' t '|trim => 352.5332.0t
            'a\\nb'|indent(2) ~ 'ab'|capitalize ~ 'x y'|title ~ 'aa'|replace('a', 'b') => a\\n  bAbX Ybb
            n is none and undefd is not defined and d is mapping and l is sequence and l is iterable => True
            i is number and f is float and i is integer and t is boolean and t is true and s is string => True
            i is odd and i is divisibleby 7 and i is eq 7 and i is in [7] and 'ab' is lower => True
            range(2, 8, 3)|list ~ dict(a=1) ~ namespace(x=5).x => [2, 5]{'a': 1}5
            strftime_now('%d %b %Y %H:%M') ~ strftime_now('%-d %B') => 05 Mar 2026 07:085 March
            strftime_now('%U %W %V %G %k %l %P %C') => 09 09 10 2026  7  7 am 20
            undefd|length ~ undefd|list ~ (n|map('upper')|list) => 0[][]
            """)
    void expressions(String expression, String expected) {
        assertThat(render("{{ " + unescape(expression, false) + " }}")).isEqualTo(unescape(expected, true));
    }

    private static String unescape(String text, boolean result) {
        String plain = text.replace("\\\\", "\\");
        return result && !plain.contains("\"\\nA\"") ? plain.replace("\\n", "\n") : plain;
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', textBlock = """
            {% for x in l %}{{ loop.index }}{{ x }}{{ ',' if not loop.last }}{% endfor %} => 13,21,32
            {% for x in l if x > 1 %}{{ loop.index0 }}{{ loop.length }}{% else %}none{% endfor %} => 0212
            {% for x in [] %}a{% else %}none{% endfor %} => none
            {% for x in l %}{{ x }}{% continue %}{% else %}none{% endfor %}{% for x in l %}{% if x == 1 %}{% break %}{% endif %}{% else %}no{% endfor %} => 312none
            {% for x in l %}{{ i }}{% endfor %}{% set i = 3 %}{{ i }} => 3
            {{ i }}{% for x in l %}{{ i }}{% endfor %}{% set i = 3 %}{{ i }} => 77773
            {% macro m() %}[{{ i }}]{% endmacro %}{{ m() }}{% set i = 3 %}{{ m() }} => [][3]
            {% if not t %}{% set i = 3 %}{% endif %}{% for x in l %}{{ i }}{% endfor %} => 777
            {% if n is defined %}{% set i = 3 %}{% elif t %}{% set i = 4 %}{% else %}{% set i = 5 %}{% endif %}{{ i }} => 3
            {% set e %}[{{ i }}]{% endset %}{% set i = 3 %}{{ e }} => []
            {% for a, (b, c) in [(1, (2, 3))] %}{{ a + b + c }}{% endfor %} => 6
            {% for x in l %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% endfor %} => 32
            {% for x in nest recursive %}{{ x if x is number else loop(x) }}{{ loop.depth }};{% endfor %} => 12;22;1;32;1;
            {% set x = 1 %}{% for y in l %}{% set x = x + y %}{{ x }}{% endfor %}{{ x }} => 4231
            {% set ns = namespace(x=0) %}{% for y in l %}{% set ns.x = ns.x + y %}{% endfor %}{{ ns.x }} => 6
            {% if t %}{% set q = 1 %}{% endif %}{{ q }} => 1
            {% set a, b = 1, 2 %}{{ b }}{{ a }} => 21
            {% set q | upper %}a{{ i }}{% endset %}{{ q }} => A7
            {% macro f(a, b=a) %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1) }}{{ f(1, 2, 3, c=4) }} => 11(){}12(3,){'c': 4}
            {% macro f() %}[{{ caller(3) }}]{% endmacro %}{% call(x) f() %}in{{ x }}{% endcall %} => [in3]
            {% macro f() %}{{ kwargs|list }}{% endmacro %}{% call f(a=1) %}in{% endcall %} => ['a', 'caller']
            {% filter upper | replace('A', 'z') %}ab{% endfilter %} => zB
            {% with a = 1 %}{{ a }}{% endwith %}{{ a }} => 1
            {% generation %}a{% endgeneration %}{% raw %}{{ b }}{% endraw %}{# c #} => a{{ b }}
            {% set q = [] %}{% set _ = q.append(1) %}{% set w = {} %}{% set _ = w.update({'a': q}) %}{{ w }} => {'a': [1]}
            {{ loop is defined }}{% if n %}a{% elif i %}b{% else %}c{% endif %} => Falseb
            """)
    void statements(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @Test
    void whiteSpaceIsKeptOrTakenAsTheTagsSay() {
        assertThat(render("a\n  {% if t %}\n  x\n  {% endif %}\nb\n")).isEqualTo("a\n  x\nb");
        assertThat(render("a \n {%- if t -%} \n x \n {%- endif -%} \n b")).isEqualTo("axb");
        assertThat(render("a\n  {%+ if t +%}\nx{% endif %}")).isEqualTo("a\n  \nx");
        assertThat(render(" {# c #}\n{{ i }}\n {{- i -}} \n.")).isEqualTo("77.");
        assertThat(render("x {% if t %}\ny{% endif %} z\r\n\r\n")).isEqualTo("x y z\n");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', textBlock = """
            {{ s|nofilter }} => No filter named 'nofilter'.
            {{ s is notest }} => No test named 'notest'.
            {% unknown %} => Encountered unknown tag 'unknown'.
            {{ foo() }} => 'foo' is undefined
            {{ foo.bar }} => 'foo' is undefined
            {{ d.q.r }} => 'dict object' has no attribute 'q'
            {{ m[9].role }} => list object has no element 9
            {{ '{:d}'.format('a') }} => Unknown format code 'd' for object of type 'str'
            {{ '{:5}'.format(n) }} => unsupported format string passed to NoneType.__format__
            {{ '{0}{}'.format(1, 2) }} => fields of a format are either numbered or in order
            {{ '%x' % f }} => %x format: an integer is required, not float
            {{ '%c' % -1 }} => %c arg not in range(0x110000)
            {{ s.encode() }} => 'str object' has no attribute 'encode'
            {{ n + 1 }} => unsupported operand type(s) for +: 'NoneType' and 'int'
            {{ 'a' + 1 }} => can only concatenate str (not "int") to str
            {{ 'a' < 1 }} => '<' not supported between instances of 'str' and 'int'
            {{ n[1:] }} => 'NoneType' object is not subscriptable
            {% for x in i %}{% endfor %} => 'int' object is not iterable
            {{ undefd|tojson }} => Object of type Undefined is not JSON serializable
            {{ raise_exception('no ' ~ i) }} => no 7
            {{ strftime_now('%Q') }} => strftime_now does not know %Q
            """)
    void errorsSayWhat(String template, String message) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(TemplateException.class)
                .hasMessage(message);
    }

    @Test
    void errorsSayWhere() {
        TemplateException late =
                catchThrowableOfType(TemplateException.class, () -> render("a\n{% if t %}\n{{ foo.bar }}{% endif %}"));
        assertThat(late.line()).isEqualTo(3);
        assertThat(late.isRaised()).isFalse();
        TemplateException early =
                catchThrowableOfType(TemplateException.class, () -> Template.compile("a\n\n{{ 1 2 }}"));
        assertThat(early.line()).isEqualTo(3);
        TemplateException own =
                catchThrowableOfType(TemplateException.class, () -> render("{{ raise_exception('x') }}"));
        assertThat(own.isRaised()).isTrue();
    }

    @Test
    void nothingRunsOrGrowsWithoutEnd() {
        Limits limits = new Limits(100_000, 10_000, 10_000, 50);
        for (String template : List.of(
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}",
                "{% for a in range(1000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' * 99 }}{% endfor %}",
                "{{ 'a' * 1000000000 }}",
                "{{ [1] * 1000000000 }}",
                "{{ range(1000000000) }}",
                "{{ 'a'.center(1000000000) }}",
                "{{ '%9999999d' % 1 }}",
                "{{ '{:9999999}'.format(1) }}",
                "{{ ('{0' ~ '.a' * 4000 ~ '}').format(1) }}",
                "{{ 9 ** 99999999 }}",
                "{% set q = [1] %}{% for a in range(1000) %}{% set _ = q.extend(q) %}{% endfor %}",
                "{% set ns = namespace(q='ab') %}{% for a in range(1000) %}{% set ns.q = ns.q ~ ns.q %}{% endfor %}",
                "{% set q = [] %}{% set _ = q.append(q) %}{{ q }}",
                "{% set q = {} %}{% set _ = q.update(a=q) %}{{ q|tojson }}",
                "{{ " + "(".repeat(100_000) + " }}",
                "{{ " + "not ".repeat(100_000) + " 1 }}",
                "{% if t %}".repeat(50_000))) {
            assertThatThrownBy(() -> Template.compile(template, limits).render(variables(), CLOCK))
                    .describedAs("%s", template.substring(0, Math.min(80, template.length())))
                    .isInstanceOf(TemplateException.class);
        }
    }

    @Test
    void aTemplateServesManyThreadsAndKeepsNothing() {
        Template template =
                Template.compile("{% set _ = l.append(4) %}{% set ns = namespace(x=1) %}{{ l|length }}{{ ns.x }}");
        Map<String, JsonNode> variables = variables();
        assertThat(IntStream.range(0, 500)
                        .parallel()
                        .mapToObj(i -> template.render(variables, CLOCK))
                        .distinct())
                .containsExactly("41");
    }

    private static String render(String template) {
        return Template.compile(template).render(variables(), CLOCK);
    }

    private static Map<String, JsonNode> variables() {
        try {
            Map<String, JsonNode> variables = new HashMap<>();
            JsonMapper.builder()
                    .build()
                    .readTree(VARIABLES)
                    .fields()
                    .forEachRemaining(field -> variables.put(field.getKey(), field.getValue()));
            return variables;
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
