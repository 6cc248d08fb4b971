using LeadFunctions.Hosting;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Settings;

namespace LeadFunctions.Intake;

/// <summary>How leads are let in.</summary>
/// <param name="Keys">Accepted URL keys, 16 characters or more; several at once, so that one can be changed for another.</param>
/// <param name="MaxBodyBytes">A larger body is answered with 413. Default 262144.</param>
/// <param name="DuplicateWindow">Identical content within it is a repeat, not a second lead. Default a day; zero turns it off.</param>
/// <param name="RateLimit">Posts a second for each key, above which the answer is 429. Default 0: no limit.</param>
internal sealed record IntakeOptions(IReadOnlyList<AccessKey> Keys, int MaxBodyBytes, TimeSpan DuplicateWindow, int RateLimit)
{
    public static IntakeOptions Read(SettingsReader settings, StartEnvironment start)
    {
        var keys = AccessKeys.Read(settings, "Intake:Keys");
        if (keys.Count == 0 && !start.BehindHost && !start.OnLoopbackOnly)
        {
            settings.Fault(
                "Intake:Keys",
                $"is empty while the program listens beyond this machine ({string.Join(", ", start.Urls)}); set a key of "
                    + $"{AccessKeys.LeastLength} characters or more, or listen on localhost");
        }

        foreach (var key in keys.Where(key => key.Value.Any(IsChangedInUrls)))
        {
            // Who posts has nothing but the URL, and so would never get in.
            settings.Fault(
                $"Intake:Keys:{key.Name}",
                "holds a character that a URL changes (+ % & #, a space, or a letter beyond ASCII); make one of letters and digits (for "
                    + "example with: openssl rand -hex 24)");
        }

        return new IntakeOptions(
            keys,
            settings.Int("Intake:MaxBodyBytes", 262_144, 1_024, 64 * 1024 * 1024),
            settings.Duration("Intake:DuplicateWindow", TimeSpan.FromDays(1), TimeSpan.Zero, TimeSpan.FromDays(365)),
            settings.Int("Intake:RateLimit", 0, 0, 1_000_000));
    }

    private static bool IsChangedInUrls(char letter) => letter is '+' or '%' or '&' or '#' or <= ' ' or > '~';

    /// <summary>The schema to check leads with: the documented one unless <c>Intake:SchemaFile</c> names another.</summary>
    public static LeadSchema ReadSchema(SettingsReader settings)
    {
        if (settings.Text("Intake:SchemaFile") is { } file)
        {
            try
            {
                return LeadSchema.FromFile(file);
            }
#pragma warning disable CA1031 // Whatever is wrong with the file is a fault to show, not to crash on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                settings.Fault("Intake:SchemaFile", $"can't be used as a JSON schema ({exception.GetType().Name}: {exception.Message})");
            }
        }

        return LeadSchema.Documented();
    }
}
