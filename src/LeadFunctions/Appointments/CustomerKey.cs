using System.Globalization;
using System.Text;

namespace LeadFunctions.Appointments;

/// <summary>
/// Tells the customers of a group apart: their e-mail address, else their id, else their name. The same person stands at another place of another
/// event's list, so that the place only serves who has none of these.
/// </summary>
/// <param name="Text">Empty for an appointment of one customer.</param>
/// <param name="IsPlace">Who it is can't be told from who stands there in another event.</param>
internal sealed record CustomerKey(string Text, bool IsPlace = false)
{
    public static CustomerKey OfTheOnlyOne { get; } = new("");

    /// <param name="taken">Keys of those before in the list: people who share an address are told apart by the rest.</param>
    public static CustomerKey InGroup(string? email, string? id, string? name, int index, HashSet<string> taken)
    {
        var keys = Of(email, id, name);
        return keys is [var best, ..]
            ? new CustomerKey(Array.Find(keys, taken.Add) ?? best)
            : new CustomerKey(string.Create(CultureInfo.InvariantCulture, $"#{index}"), IsPlace: true);
    }

    /// <summary>What can be a person's key, best first.</summary>
    public static string[] Of(string? email, string? id, string? name) => [.. new[] { Folded(email), id, Folded(name) }.OfType<string>()];

    /// <summary>Without regard to casing, to white space, and to how a letter is composed.</summary>
    public static string? Folded(string? text) =>
        text is null ? null : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Normalize(NormalizationForm.FormKC).ToLowerInvariant();
}
