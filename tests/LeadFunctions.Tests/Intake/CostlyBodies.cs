using System.Globalization;
using System.Text;

namespace LeadFunctions.Tests.Intake;

/// <summary>Bodies that are made to cost much: of a given length, as large as may be posted. The benchmark of costs uses them too.</summary>
internal static class CostlyBodies
{
    /// <summary>Nearly as many as are taken.</summary>
    public const int MostBytes = 250_000;

    /// <summary>Of nothing but short values, nearly as many as an appointment may have.</summary>
    public const int MostOfManyValues = 80_000;

    private const string Answer = """{"Question":"Company","Answer":"a"}""";

    /// <summary>Each by its name, made for a number of bytes.</summary>
    public static IReadOnlyDictionary<string, Func<int, string>> Leads { get; } = new Dictionary<string, Func<int, string>>
    {
        ["many unknown"] = most => Object(most, number => $"\"p{number}\":1"),
        ["many unknown in the other order"] = most => Object(most, number => $"\"p{999_999 - number}\":1"),
        ["many unknown in capitals"] = most => Object(most, number => $"\"P{number}\":1"),
        ["many unknown texts"] = most => Object(most, number => $"\"p{number}\":\" a\\n \""),
        ["many unknown details"] = most => $$"""{"UserDetails":{{Object(most, number => $"\"p{number}\":\"a\"")}}}""",
        ["many under a long name"] = most => $$"""{"{{Long('n', 190)}}":{{Object(most, number => $"\"{number}\":1")}}}""",
        ["objects in objects"] = most => Object(most, number => $"\"{number}\":{Nested(60)}"),
        ["lists in lists"] = most => Object(most, number => $"\"{number}\":{Long('[', 60)}{Long(']', 60)}"),
        ["a list"] = most => $$"""{"p":[{{List(most, _ => "1")}}]}""",
        ["a list of objects"] = most => $$"""{"p":[{{List(most, _ => """{"a":1}""")}}]}""",
        ["one name again and again"] = most => Object(most, _ => "\"p\":1"),
        ["one name again and again, each time another value"] = most => Object(most, number => $"\"p\":{number}"),
        ["a documented name again and again"] = most => Object(most, number => $"\"OfferTitle\":\"{number}\""),
        ["a documented object again and again"] = most => Object(most, number => $$"""{{Quoted("UserDetails")}}:{"Email":"{{number}}"}"""),
        ["a documented name in every casing"] = most => Object(most, number => $"\"{Cased("OfferTitle", number)}\":\"{number}\""),
        ["dotted"] = most => Object(most, number => $"\"UserDetails.p{number}\":1"),
        ["dotted again and again"] = most => Object(most, number => $"\"UserDetails.Email\":\"{number}\""),
        ["dots"] = most => Object(most, number => $"\"UserDetails.{Long('.', 100)}{number}\":1"),
        ["escaped"] = most => Object(most, number => $"\"\\u0070{number}\":\"\\u0061\""),
        ["faults"] = most => $$"""{"UserDetails":[{{List(most, _ => """{"Email":5}""")}}]}""",
        ["faults in many objects"] = most => Object(most, _ => """
            "UserDetails":{"Email":5}
            """.Trim()),
        ["faults that are misplaced"] = most => $$"""{"UserDetails":5,"p":{{Object(most, number => $$"""{{Quoted($"{number}")}}:{"Email":5}""")}}}""",
        ["a long address"] = most => $$$"""{"UserDetails":{"Email":"{{{Long('a', most)}}}@example.com"}}""",
        ["a long domain"] = most => $$$"""{"UserDetails":{"Email":"a@{{{Repeated(most, "a.")}}}"}}""",
        ["many addresses"] = most => $$$"""{"UserDetails":{"Email":"{{{Repeated(most, "a@b.example ")}}}"}}""",
        ["many signs"] = most => $$$"""{"UserDetails":{"Email":"{{{Long('@', most)}}}"}}""",
        ["an address with much beside it"] = most =>
            $$$"""{"UserDetails":{"Email":"{{{Repeated(1_900, "a ")}}}<a@b.example>",{{{Inner(most, number => $"\"p{number}\":\"b c d e f g h i j\"")}}}}}""",
        ["invisible"] = most => $$"""{"Description":"{{Long('\u200b', most / 3)}}x"}""",
        ["blanks"] = most => $$"""{"Description":"{{Long(' ', most)}}x"}""",
        ["blanks by their numbers"] = most => $$"""{"Description":"x{{Repeated(most, "\\u0020")}}"}""",
        ["markup"] = most => $$"""{"Description":"{{Long('<', most)}}"}""",
        ["markup in every detail"] = most => $$$"""{"UserDetails":{{{{string.Join(",", "FirstName LastName Email Phone Company Title Country".Split(' ')
            .Select(name => $"\"{name}\":\"{Long('&', most / 7)}\""))}}}}}""",
        ["emoji"] = most => $$"""{"Description":"{{Repeated(most / 2, "👩‍👩‍👧‍👦")}}"}""",
        ["accents"] = most => $$"""{"OfferTitle":"a{{Long('\u0301', most / 2)}}"}""",
        ["a long title"] = most => $$"""{"OfferTitle":"{{Long('t', most)}}"}""",
        ["a long action"] = most => $$"""{"ActionCode":"{{Long('d', most)}}"}""",
        ["a long source"] = most => $$"""{"LeadSource":"{{Repeated(most, "a-|")}}"}""",
        ["a long number"] = most => $$"""{"p":{{Long('9', most)}}}""",
        ["tests that are none"] = most => Object(most, number => $"\"p{number}\":\"MSFT_TES\""),
    };

    public static IReadOnlyDictionary<string, Func<int, string>> Appointments { get; } = new Dictionary<string, Func<int, string>>
    {
        ["many unknown"] = most => Object(most, number => $"\"p{number}\":1"),
        ["many unknown in capitals"] = most => Object(most, number => $"\"P{number}\":1"),
        ["many unknown of an appointment"] = most => $$"""{"Id":"2",{{Inner(most, number => $"\"p{number}\":\"a\"")}}}""",
        ["one name again and again"] = most => Object(most, number => $"\"p\":{number}"),
        ["one object again and again"] = most => Object(most, number => $$"""{{Quoted("p")}}:{"a":{{number}}}"""),
        ["answers"] = most => $$"""{"CustomQuestionAnswers":[{{List(most, number => $$"""{"Question":"{{number}}","Answer":1}""")}}]}""",
        ["answers that are asked for"] = most => $$"""{"CustomQuestionAnswers":[{{List(most, _ => Answer)}}]}""",
        ["staff"] = most => $$"""{"StaffMembers":[{{List(most, number => $$"""{"DisplayName":"{{number}}","p":1}""")}}]}""",
        ["faults of answers"] = most => $$"""{"CustomQuestionAnswers":[{{List(most, _ => "5")}}],"StaffMembers":[{{List(400, _ => "5")}}]}""",
        ["faults of customers"] = most => $$"""{"Customers":[{{List(most, _ => """{"Name":5}""")}}]}""",
        ["faults of staff"] = most => $$"""{"StaffMembers":[{{List(most, _ => "[]")}}]}""",
        ["one customer again and again"] = most =>
            $$"""{"Id":"1","Customers":[{{List(most, number => $$"""{"Id":"c","Email":"{{number}}"}""")}}]}""",
        ["one customer with lists again and again"] = most =>
            $$"""{"Id":"3","Customers":[{{List(most, number => $$"""{"Id":"c","Answers":[{{number}}]}""")}}]}""",
        ["one customer with much"] = most => $$"""{"Id":"4","Customers":[{"Id":"c",{{Inner(most, number => $"\"p{number}\":{number}")}}}]}""",
        ["a long name"] = most => $$"""{"CustomerName":"{{Repeated(most, "a, ")}}"}""",
        ["a long time zone"] = most => $$"""{"StartTime":"{{Long('1', most / 2)}}","CustomerTimeZone":"{{Long('z', most / 2)}}"}""",
    };

    private static string Object(int most, Func<int, string> property) => $"{{{List(most, property)}}}";

    private static string Inner(int most, Func<int, string> property) => List(most, property);

    private static string Quoted(string text) => $"\"{text}\"";

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + Long('}', levels);

    private static string Cased(string name, int number) =>
        string.Concat(name.Select((letter, index) => (number >> index & 1) == 0 ? letter : char.IsLower(letter) ? char.ToUpperInvariant(letter) : char.ToLowerInvariant(letter)));

    private static string Long(char letter, int count) => new(letter, count);

    /// <summary>As often as it fits, in UTF-8 or as it is written.</summary>
    private static string Repeated(int most, string text) => string.Concat(Enumerable.Repeat(text, most / Encoding.UTF8.GetByteCount(text)));

    private static string List(int most, Func<int, string> item)
    {
        var list = new StringBuilder();
        for (var number = 0; ; number++)
        {
            var next = item(number);
            if (number > 0 && list.Length + next.Length >= most)
            {
                return list.ToString();
            }

            list.Append(number == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{next}");
        }
    }
}
