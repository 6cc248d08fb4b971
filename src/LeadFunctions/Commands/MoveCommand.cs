using System.CommandLine;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Commands;

/// <summary><c>move</c>: takes what a SQLite file has not delivered into the configured store.</summary>
internal static class MoveCommand
{
    private const string Moved = ".moved";

    public static Command Make()
    {
        var from = new Option<string>("--from")
        {
            Description = "The SQLite file (Store:Path) of a LeadFunctions that has been stopped",
            HelpName = "file",
            Required = true,
        };
        var command = new DocumentedCommand(
            "move",
            "Takes every lead that a SQLite file has not delivered everywhere into the configured store, and then renames the file, so "
            + "that nobody delivers from it again. What has been delivered stays in the file.",
            """
            LeadFunctions move --from data/leads.db                             the settings name the new store (Store:Kind=AzureStorage)
            LeadFunctions move --from data/leads.db --Store:Path=/srv/leads.db  into another SQLite file
            """)
        {
            from,
        };
        CommandSettings.AllowIn(command);
        return command.WithAction((parsed, _) => RunAsync(CommandSettings.Read(parsed), Path.GetFullPath(parsed.GetRequiredValue(from))));
    }

    private static async Task<int> RunAsync(CommandSettings settings, string from)
    {
        if (settings.Reader.Faults.Count > 0)
        {
            throw new SettingsException(settings.Reader.Faults);
        }

        var store = settings.Options.Store;
        if (!File.Exists(from))
        {
            throw new CommandFailedException($"There is no file {from}.");
        }

        if (store.Azure is null && store.Path == from)
        {
            throw new CommandFailedException("The configured store is this very file. Set Store:Kind or Store:Path to the new one.");
        }

        if (File.Exists(from + Moved))
        {
            throw new CommandFailedException(
                $"Nothing was moved: {from}{Moved} is there already, from an earlier move. Put that file elsewhere, and move again.");
        }

        UndeliveredLeads moved;
        using (var source = SqliteLeadStore.Open(from, new DueSignal(), TimeProvider.System, patience: TimeSpan.Zero))
        {
            moved = store.Azure is { } azure
                ? await IntoAsync(source, await AzureLeadStore.OpenAsync(azure.Account, azure.Table, new DueSignal()))
                : await IntoAsync(source, SqliteLeadStore.Open(store.Path, new DueSignal(), TimeProvider.System, patience: TimeSpan.Zero));
        }

        if (moved.Left > 0)
        {
            throw new CommandFailedException(
                $"Nothing was moved: of {Terminal.Count(moved.Left, "lead", "leads")} a delivery uses the answer to an earlier one, or a "
                + "newer event of the same appointment has been delivered, which only the old file knows. Start the old program again "
                + "with no new leads, let it deliver these (resubmit or discard its dead letters), stop it, and move again.");
        }

        File.Move(from, from + Moved);
        Terminal.Line(
            $"{Terminal.Count(moved.Leads, "lead", "leads")} taken over with "
            + $"{Terminal.Count(moved.Deliveries, "delivery", "deliveries")}. The old file, with all that has been "
            + $"delivered, is {from}{Moved} now.");
        return ExitCode.Done;
    }

    private static async Task<UndeliveredLeads> IntoAsync<T>(SqliteLeadStore source, T target)
        where T : ILeadStore, IDisposable
    {
        using (target)
        {
            return await UndeliveredLeads.CopyAsync(source, target);
        }
    }
}
