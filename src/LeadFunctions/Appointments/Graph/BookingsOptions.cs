using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Appointments.Graph;

/// <summary>Which appointments are read from Microsoft Graph, and how.</summary>
/// <param name="Businesses">Mail addresses or ids of Bookings businesses; none: nothing is read.</param>
/// <param name="Graph">Default <c>https://graph.microsoft.com</c>; national clouds have their own.</param>
/// <param name="PollInterval">The time between two readings of a business. Default 5 minutes.</param>
/// <param name="Back">Appointments that began longer ago are not read any more. Default a day.</param>
/// <param name="Ahead">Appointments further ahead are not read yet. Default a year, which is how far Bookings lets customers book.</param>
/// <param name="TakeExisting">Whether appointments that exist at the very first reading count as created. Default true.</param>
internal sealed record BookingsOptions(
    IReadOnlyList<string> Businesses,
    Uri Graph,
    EntraSignIn SignIn,
    TimeSpan PollInterval,
    TimeSpan Back,
    TimeSpan Ahead,
    bool TakeExisting)
{
    private const string Section = "Bookings";

    /// <summary>Null when no business is configured.</summary>
    public static BookingsOptions? Read(SettingsReader settings)
    {
        var businesses = settings.List($"{Section}:Businesses") ?? [];
        if (businesses.Count == 0)
        {
            if (settings.Names(Section).Count > 0)
            {
                settings.Map(Section);
                settings.Fault(
                    $"{Section}:Businesses",
                    "is empty; set it to the mail address of each Bookings business, as it stands in the booking page's "
                        + "address (contoso@contoso.com)");
            }

            return null;
        }

        if (businesses.Distinct(StringComparer.OrdinalIgnoreCase).Count() < businesses.Count)
        {
            settings.Fault($"{Section}:Businesses", "names a business twice");
        }

        var graph = RemoteUrl.Read(settings, $"{Section}:GraphUrl", "https://graph.microsoft.com");
        return new BookingsOptions(
            businesses,
            graph,
            EntraSignIn.Read(settings, Section, graph),
            settings.Duration($"{Section}:PollInterval", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
            settings.Duration($"{Section}:Window:Back", TimeSpan.FromDays(1), TimeSpan.Zero, TimeSpan.FromDays(365)),
            settings.Duration($"{Section}:Window:Ahead", TimeSpan.FromDays(365), TimeSpan.FromHours(1), TimeSpan.FromDays(1_825)),
            settings.Flag($"{Section}:TakeExisting", true));
    }
}
