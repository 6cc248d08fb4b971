using System.Globalization;
using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Destinations.Webhook;
using LeadFunctions.Settings;

namespace LeadFunctions.Telemetry.Alerts;

/// <summary>How a webhook wants its messages.</summary>
internal enum WebhookFormat
{
    /// <summary><c>{"kind","destination","isEnd","title","text","link"}</c>, for a program.</summary>
    Json,

    /// <summary>An incoming webhook of Slack.</summary>
    Slack,

    /// <summary>A workflow of Teams: an adaptive card.</summary>
    Teams,
}

/// <summary>By the account of a SendGrid destination.</summary>
internal sealed record AlertMail(string ApiKey, Uri Host, MailAddressText From, IReadOnlyList<MailAddressText> To);

/// <summary>To a webhook. The address may be its key: it is never shown.</summary>
internal sealed record AlertWebhook(Uri Url, WebhookFormat Format)
{
    public SecretTexts Keys { get; } =
        new([Url.PathAndQuery, .. SecretTexts.KeysIn(Url.PathAndQuery), .. SecretTexts.KeysIn(Uri.UnescapeDataString(Url.PathAndQuery))]);
}

/// <summary>Who is told of what.</summary>
/// <param name="Every">How often the program looks. Default 1 min. Behind the Functions host the timer's minute counts.</param>
/// <param name="RepeatAfter">The least time between two alerts of one thing. Default 1 h.</param>
/// <param name="GatherFor">
/// How long dead letters and refused bodies are gathered into one alert while they still come. Default 5 min.
/// </param>
/// <param name="FailingAfter">A destination that fails for longer is told. Default 10 min.</param>
/// <param name="OldestDue">A delivery that could have been tried for longer, though no destination fails, is told. Default 1 h.</param>
/// <param name="LeastFreeSpace">In bytes; a store's disk with less left is told. Default 500 MB.</param>
/// <param name="Silence">No lead for longer is told; null: never.</param>
/// <param name="Digest">The time of day (UTC) of the daily digest; null: none.</param>
/// <param name="PublicUrl">Where people reach the run history, for links.</param>
/// <param name="NamePeople">Alerts may name leads' people and quote them.</param>
internal sealed record AlertOptions(
    AlertMail? Mail,
    AlertWebhook? Webhook,
    TimeSpan Every,
    TimeSpan RepeatAfter,
    TimeSpan GatherFor,
    TimeSpan FailingAfter,
    TimeSpan OldestDue,
    long LeastFreeSpace,
    TimeSpan? Silence,
    TimeOnly? Digest,
    Uri? PublicUrl,
    bool NamePeople)
{
    private const string Section = "Alerts";
    private const long Megabyte = 1_000_000;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Somebody wants to be told.</summary>
    public bool IsOn => Mail is not null || Webhook is not null;

    public static AlertOptions Read(SettingsReader settings, IReadOnlyList<ConfiguredDestination> destinations)
    {
        var options = new AlertOptions(
            ReadMail(settings, destinations),
            ReadWebhook(settings),
            settings.Duration($"{Section}:Every", TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
            settings.Duration($"{Section}:RepeatAfter", TimeSpan.FromHours(1), TimeSpan.Zero, Longest),
            settings.Duration($"{Section}:GatherFor", TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromDays(1)),
            settings.Duration($"{Section}:FailingAfter", TimeSpan.FromMinutes(10), TimeSpan.Zero, Longest),
            settings.Duration($"{Section}:OldestDue", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), Longest),
            settings.Int($"{Section}:LeastFreeMegabytes", 500, 0, int.MaxValue) * Megabyte,
            settings.Text($"{Section}:Silence") is null
                ? null
                : settings.Duration($"{Section}:Silence", TimeSpan.FromDays(1), TimeSpan.FromSeconds(1), Longest),
            ReadDigest(settings),
            ReadPublicUrl(settings),
            settings.Flag($"{Section}:NamePeople", false));
        if (!options.IsOn
            && settings.Names(Section).Count > 0
            && !settings.Faults.Any(fault => fault.Key.StartsWith(Section, StringComparison.OrdinalIgnoreCase)))
        {
            settings.Fault(Section, "tells nobody: set Alerts:Mail:To (it goes by a SendGrid destination's account) or Alerts:Webhook:Url");
        }

        return options;
    }

    private static AlertMail? ReadMail(SettingsReader settings, IReadOnlyList<ConfiguredDestination> destinations)
    {
        const string Mail = $"{Section}:Mail";
        var to = new List<MailAddressText>();
        foreach (var text in settings.List($"{Mail}:To") ?? [])
        {
            if (MailAddressText.Parse(text) is { } address)
            {
                to.Add(address);
            }
            else
            {
                settings.Fault($"{Mail}:To", "holds something that is not a mail address");
            }
        }

        var named = settings.Text($"{Mail}:Destination");
        var accounts = destinations
            .Where(destination => destination.Kind == DestinationKind.SendGrid)
            .Select(destination => destination.Name)
            .ToArray();
        var account = named ?? (accounts is [var only] ? only : null);
        var from = settings.Text($"{Mail}:From");
        if (to.Count == 0)
        {
            if (named is not null || from is not null)
            {
                settings.Fault($"{Mail}:To", "is missing; set it to the addresses of those who are to be told");
            }

            return null;
        }

        if (account is null || !accounts.Contains(account, StringComparer.OrdinalIgnoreCase))
        {
            settings.Fault($"{Mail}:Destination", accounts.Length == 0
                ? "needs a destination of kind SendGrid, by whose account alerts are mailed; there is none"
                : $"must name the SendGrid destination by whose account alerts are mailed: {string.Join(" or ", accounts)}");
            return null;
        }

        // What is wrong with the destination itself is told where the destination is read.
        var own = $"Destinations:{account}";
        var sender = MailAddressText.Parse(from ?? settings.Text($"{own}:From"));
        if (sender is null && from is not null)
        {
            settings.Fault($"{Mail}:From", "is not a mail address (ASCII only)");
        }

        var host = (settings.Text($"{own}:Host") ?? "https://api.sendgrid.com").TrimEnd('/') + "/";
        return Uri.TryCreate(host, UriKind.Absolute, out var url)
            && settings.Text($"{own}:ApiKey") is { } key
            && sender is { } known
            ? new AlertMail(key, url, known, to)
            : null;
    }

    private static AlertWebhook? ReadWebhook(SettingsReader settings)
    {
        var format = settings.Choice($"{Section}:Webhook:Format", WebhookFormat.Json);
        return ReadUrl(settings, $"{Section}:Webhook:Url") is { } url ? new AlertWebhook(url, format) : null;
    }

    private static Uri? ReadPublicUrl(SettingsReader settings) =>
        ReadUrl(settings, $"{Section}:PublicUrl")
        ?? (settings.Text("WEBSITE_HOSTNAME") is { } host && Uri.TryCreate($"https://{host}", UriKind.Absolute, out var own) ? own : null);

    private static Uri? ReadUrl(SettingsReader settings, string key)
    {
        if (settings.Text(key) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
            && url.UserInfo.Length == 0)
        {
            return url;
        }

        settings.Fault(key, "is not an address that starts with https:// (http is for this machine alone), without a user name in it");
        return null;
    }

    private static TimeOnly? ReadDigest(SettingsReader settings)
    {
        if (settings.Text($"{Section}:Digest") is not { } text)
        {
            return null;
        }

        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return at;
        }

        settings.Fault($"{Section}:Digest", "is no time of day such as 07:00 (UTC)");
        return null;
    }
}
