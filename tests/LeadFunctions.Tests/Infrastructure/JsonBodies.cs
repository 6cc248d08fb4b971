using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>Generates bodies that look like leads, right and wrong in every way.</summary>
internal static class JsonBodies
{
    private static readonly string[] Names =
    [
        "UserDetails", "userDetails", "USERDETAILS", "Email", "email", "FirstName", "lastname", "Title", "Description",
        "LeadSource", "leadSource", "ActionCode", "OfferTitle", "ProductId", "productid", "a.b", "a/b", "a~b", "naïve", "",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "AzureMarketplace", "AzureMarketplace-INS|contoso.widgets", "DNC", "MSFT_TEST_1", "someone@contoso.com",
        "line\nline", "\"quoted\"", "back\\slash", "<b>&amp;</b>", "日本語 😀", "2026-11-21T09:00:00Z", "\u0000", "null",
    ];

    private static readonly string[] Others = ["null", "true", "false", "0", "-1.5", "1e3", "1e400", "123456789012345678901234567890"];

    private static readonly Gen<JsonBody> Scalar =
        Gen.Frequency(
            (5, Gen.Elements(Texts).Select(Text)),
            (2, ArbMap.Default.GeneratorFor<string?>().Select(text => Text(text ?? ""))),
            (2, Gen.Elements(Others).Select(json => (JsonBody)new JsonBody.Scalar(json))));

    /// <summary>Any objects; a name may be given twice.</summary>
    public static Arbitrary<JsonBody> Any { get; } = Object(3, distinct: false).ToArbitrary();

    /// <summary>Objects in which no two names differ by case alone, so that order and casing carry no meaning.</summary>
    public static Arbitrary<JsonBody> Distinct { get; } = Object(3, distinct: true).ToArbitrary();

    private static JsonBody Text(string text) => new JsonBody.Scalar(JsonSerializer.Serialize(text));

    private static Gen<JsonBody> Value(int depth, bool distinct) => depth == 0
        ? Scalar
        : Gen.Frequency((4, Scalar), (3, Object(depth - 1, distinct)), (1, Items(Value(depth - 1, distinct), 3).Select(items => (JsonBody)new JsonBody.List(items))));

    private static Gen<JsonBody> Object(int depth, bool distinct) =>
        Items(Gen.Elements(Names).SelectMany(name => Value(depth, distinct), KeyValuePair.Create), 6)
            .Select(properties => (JsonBody)new JsonBody.Map(distinct ? [.. properties.DistinctBy(property => property.Key, StringComparer.OrdinalIgnoreCase)] : properties));

    private static Gen<IReadOnlyList<T>> Items<T>(Gen<T> item, int most) =>
        Gen.Choose(0, most).SelectMany(count => item.ListOf(count)).Select(items => (IReadOnlyList<T>)[.. items]);
}
