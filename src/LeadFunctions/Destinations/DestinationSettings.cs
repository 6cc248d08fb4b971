using System.IO.Enumeration;
using LeadFunctions.Destinations.Content;
using LeadFunctions.Destinations.Dataverse;
using LeadFunctions.Destinations.Files;
using LeadFunctions.Destinations.SendGrid;
using LeadFunctions.Destinations.Webhook;
using LeadFunctions.Leads;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations;

/// <summary>Reads the section <c>Destinations</c>.</summary>
internal static class DestinationSettings
{
    private const string Section = "Destinations";

    /// <summary>For mails that are only files; never sent to.</summary>
    private const string NoAddress = "leads@example.invalid";

    public static IReadOnlyList<ConfiguredDestination> Read(SettingsReader settings, StartEnvironment start)
    {
        var names = settings.Names(Section);
        if (names.Count > 0)
        {
            return DestinationOrder.Read(settings, Section, [.. names.Select(name => ReadOne(settings, start, name))]);
        }

        if (start.InAzure)
        {
            settings.Fault(Section, "is empty; set up at least one destination (Destinations:crm:Kind = Dataverse, Destinations:mail:Kind = SendGrid): files on an Azure app's disk would be lost");
        }

        return
        [
            ReadOne(settings, start, "crm", DestinationKind.File),
            ReadOne(settings, start, "mail", DestinationKind.MailDrop),
        ];
    }

    private static ConfiguredDestination ReadOne(SettingsReader settings, StartEnvironment start, string name, DestinationKind? fallback = null)
    {
        var section = $"{Section}:{name}";
        if (name.Length > 64 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            settings.Fault(section, "has a name with more than letters, digits, '-' and '_', or of more than 64 characters");
        }

        if (fallback is null && settings.Text($"{section}:Kind") is null)
        {
            settings.Fault($"{section}:Kind", "is missing; set it to one of " + string.Join(", ", Enum.GetNames<DestinationKind>()));
        }

        var kind = settings.Choice($"{section}:Kind", fallback ?? DestinationKind.File);
        if (fallback is null && !Enum.TryParse<DestinationKind>(settings.Text($"{section}:Kind"), ignoreCase: true, out _))
        {
            // Which other keys it may have is known when its kind is.
            settings.Tolerate(section);
        }

        return new ConfiguredDestination(kind, ReadRoute(settings, section, name) with { KeepsState = kind is DestinationKind.Dataverse or DestinationKind.File }, Maker(settings, start, section, kind));
    }

    private static Func<DestinationServices, IDestination> Maker(SettingsReader settings, StartEnvironment start, string section, DestinationKind kind)
    {
        switch (kind)
        {
            case DestinationKind.Dataverse:
                var dataverse = DataverseOptions.Read(settings, section);
                return services => new DataverseDestination(dataverse, services);
            case DestinationKind.SendGrid:
                var sendGrid = SendGridOptions.Read(settings, section);
                return services => new SendGridDestination(sendGrid, services);
            case DestinationKind.File:
                var file = Path.GetFullPath(settings.Text($"{section}:Path", Path.Combine(start.DataFolder, "crm.jsonl")));
                var row = RowOptions.Read(settings, section);
                return _ => new FileDestination(file, row);
            case DestinationKind.MailDrop:
                var folder = Path.GetFullPath(settings.Text($"{section}:Path", Path.Combine(start.DataFolder, "mail")));
                var mail = MailOptions.Read(settings, section, NoAddress);
                return services => new MailDropDestination(folder, mail, services.CountMail);
            case DestinationKind.Webhook:
                var webhook = WebhookOptions.Read(settings, section);
                return services => new WebhookDestination(webhook, services);
            default:
                throw new InvalidOperationException($"No destination of kind {kind}.");
        }
    }

    private static DestinationRoute ReadRoute(SettingsReader settings, string section, string name)
    {
        var sources = settings.List($"{section}:Sources") ?? [];
        foreach (var unknown in sources.Except(Sources.All, StringComparer.OrdinalIgnoreCase))
        {
            settings.Fault($"{section}:Sources", $"names a source that does not exist: {unknown}; known: {string.Join(", ", Sources.All)}");
        }

        var derived = settings.Map($"{section}:When").Keys.Where(name => name.StartsWith("Lead.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Appointment.", StringComparison.OrdinalIgnoreCase));
        foreach (var unknown in derived.Except(DestinationRoute.DerivedNames, StringComparer.OrdinalIgnoreCase))
        {
            settings.Fault($"{section}:When:{unknown}", $"asks for a value that does not exist; known: {string.Join(", ", DestinationRoute.DerivedNames)}");
        }

        var events = settings.List($"{section}:Events") ?? [];
        foreach (var unknown in events.Where(pattern => !AppointmentEvents.All.Any(known => FileSystemName.MatchesSimpleExpression(pattern, known))))
        {
            settings.Fault($"{section}:Events", $"names an event that does not exist: {unknown}; known: {string.Join(", ", AppointmentEvents.All)} (of the source {Sources.Bookings})");
        }

        return new DestinationRoute(
            name,
            sources,
            events,
            settings.Map($"{section}:When").Keys.ToDictionary(property => property, property => settings.List($"{section}:When:{property}") ?? [], StringComparer.OrdinalIgnoreCase));
    }
}
