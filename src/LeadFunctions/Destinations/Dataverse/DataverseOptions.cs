using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Dataverse;

/// <param name="Url">The environment: <c>https://contoso.crm.dynamics.com</c>.</param>
/// <param name="Table">The entity set's name. Default <c>leads</c>.</param>
internal sealed record DataverseOptions(Uri Url, EntraSignIn SignIn, string Table, RowOptions Row)
{
    public static DataverseOptions Read(SettingsReader settings, string section)
    {
        var url = RemoteUrl.Read(settings, $"{section}:Url", defaultValue: null);
        return new DataverseOptions(
            url,
            EntraSignIn.Read(settings, section, url),
            ReadTable(settings, section),
            RowOptions.Read(settings, section));
    }

    private static string ReadTable(SettingsReader settings, string section)
    {
        var table = settings.Text($"{section}:Table", "leads");
        if (!table.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            settings.Fault($"{section}:Table", "is not an entity set's name: letters, digits and underscores");
        }

        return table;
    }
}
