using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Destinations.Dataverse;
using LeadFunctions.Destinations.Files;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Destinations.SendGrid;
using LeadFunctions.Destinations.Webhook;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations;

/// <summary>
/// Makes the destinations that the section <c>Destinations</c> names: each kind with its options, and where its leads come from.
/// </summary>
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
            ConfiguredDestination[] destinations = [.. names.Select(name => ReadOne(settings, start, name))];
            var routes = RouteSettings.ReadOrder(settings, Section, [.. destinations.Select(destination => destination.Route)]);
            return [.. destinations.Zip(routes, (destination, route) => destination with { Route = route })];
        }

        if (start.InAzure)
        {
            settings.Fault(
                Section,
                "is empty; set up at least one destination (Destinations:crm:Kind = Dataverse, Destinations:mail:Kind = SendGrid): "
                    + "files on an Azure app's disk would be lost");
        }

        return
        [
            ReadOne(settings, start, "crm", DestinationKind.File),
            ReadOne(settings, start, "mail", DestinationKind.MailDrop),
        ];
    }

    private static ConfiguredDestination ReadOne(
        SettingsReader settings,
        StartEnvironment start,
        string name,
        DestinationKind? defaultKind = null)
    {
        var section = $"{Section}:{name}";
        if (name.Length > 64 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            settings.Fault(section, "has a name with more than letters, digits, '-' and '_', or of more than 64 characters");
        }

        if (defaultKind is null && settings.Text($"{section}:Kind") is null)
        {
            settings.Fault($"{section}:Kind", "is missing; set it to one of " + string.Join(", ", Enum.GetNames<DestinationKind>()));
        }

        var kind = settings.Choice($"{section}:Kind", defaultKind ?? DestinationKind.File);
        if (defaultKind is null && !Enum.TryParse<DestinationKind>(settings.Text($"{section}:Kind"), ignoreCase: true, out _))
        {
            // Which other keys it may have is known when its kind is.
            settings.Tolerate(section);
        }

        var route = RouteSettings.Read(settings, section, name);
        var (keepsRow, make) = ReadKind(settings, start, section, kind);
        return new ConfiguredDestination(kind, route with { KeepsRow = keepsRow }, make);
    }

    /// <summary>What is particular to the kind: whether it <see cref="DestinationRoute.KeepsRow"/>, and how it is made.</summary>
    private static (bool KeepsRow, Func<DestinationServices, IDestination> Make) ReadKind(
        SettingsReader settings,
        StartEnvironment start,
        string section,
        DestinationKind kind)
    {
        switch (kind)
        {
            case DestinationKind.Dataverse:
                var dataverse = DataverseOptions.Read(settings, section);
                return (KeepsRow: true, services => new DataverseDestination(dataverse, services));
            case DestinationKind.SendGrid:
                var sendGrid = SendGridOptions.Read(settings, section);
                return (KeepsRow: false, services => new SendGridDestination(sendGrid, services));
            case DestinationKind.File:
                var file = Path.GetFullPath(settings.Text($"{section}:Path", Path.Combine(start.DataFolder, "crm.jsonl")));
                var row = RowOptions.Read(settings, section);
                return (KeepsRow: true, _ => new FileDestination(file, row));
            case DestinationKind.MailDrop:
                var folder = Path.GetFullPath(settings.Text($"{section}:Path", Path.Combine(start.DataFolder, "mail")));
                var mail = MailOptions.Read(settings, section, NoAddress);
                return (KeepsRow: false, services => new MailDropDestination(folder, mail, services.CountMail));
            case DestinationKind.Webhook:
                var webhook = WebhookOptions.Read(settings, section);
                return (KeepsRow: false, services => new WebhookDestination(webhook, services));
            default:
                throw new InvalidOperationException($"No destination of kind {kind}.");
        }
    }
}

/// <summary>
/// A destination as configured. <paramref name="Make"/> is called at its first delivery: nothing of it is on the way to the first answer.
/// </summary>
internal sealed record ConfiguredDestination(DestinationKind Kind, DestinationRoute Route, Func<DestinationServices, IDestination> Make)
{
    public string Name => Route.Destination;
}

/// <summary>The kinds of destination that can be configured.</summary>
internal enum DestinationKind
{
    Dataverse,
    SendGrid,
    File,
    MailDrop,
    Webhook,
}
