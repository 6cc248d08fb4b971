using System.CommandLine;
using LeadFunctions.Hosting;

namespace LeadFunctions.Commands;

/// <summary><c>runs export</c>: everything that matches as one CSV file, however long.</summary>
internal static class RunsExportCommand
{
    public static Command Make()
    {
        var (filters, instance) = (new RunFilters(), new InstanceOptions());
        var file = new Argument<string?>("file")
        {
            Description = "The file to write. Default: the standard output",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DocumentedCommand(
            "export",
            "Writes everything that matches as CSV, safe to open in a spreadsheet.",
            """
            LeadFunctions runs export leads.csv                              all leads
            LeadFunctions runs export dead.csv --status dead_letter          what a person has to look at
            LeadFunctions runs export --from 2026-11-01 | wc -l              to another program
            """)
        {
            file,
        };
        filters.AddTo(command);
        instance.AddTo(command);
        return command.WithAction(
            async (parsed, stop) =>
            {
                using var running = instance.Connect(parsed);
                using var answer = await running.OpenAsync(
                    HttpMethod.Get,
                    RunFilters.Path("/api/runs", [.. filters.Read(parsed), "format=csv"]),
                    null,
                    stop);
                await using var csv = await answer.Content.ReadAsStreamAsync(stop);
                if (parsed.GetValue(file) is { } path)
                {
                    var bytes = await WriteFileAsync(csv, path, stop);
                    Terminal.Note($"{bytes} bytes written to {path}.");
                }
                else
                {
                    await using var output = Console.IsOutputRedirected ? Console.OpenStandardOutput() : new TerminalStream();
                    await CopyAsync(csv, output, stop);
                }

                return ExitCode.Done;
            });
    }

    /// <summary>Beside its place first: a file that is there is whole.</summary>
    private static async Task<long> WriteFileAsync(Stream csv, string path, CancellationToken stop)
    {
        // Of a name that nobody can have prepared: who made the file could read it.
        var half = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            long bytes;
            await using (var output = PrivateFiles.Open(half, FileMode.CreateNew, FileAccess.Write))
            {
                bytes = await CopyAsync(csv, output, stop);
            }

            File.Move(half, path, overwrite: true);
            return bytes;
        }
        catch
        {
            File.Delete(half);
            throw;
        }
    }

    private static Task<long> CopyAsync(Stream csv, Stream output, CancellationToken stop) =>
        Terminal.WatchAsync(
            "Exporting…",
            async say =>
            {
                var buffer = new byte[64 * 1024];
                long bytes = 0;
                try
                {
                    for (var read = await csv.ReadAsync(buffer, stop); read > 0; read = await csv.ReadAsync(buffer, stop))
                    {
                        await output.WriteAsync(buffer.AsMemory(0, read), stop);
                        bytes += read;
                        say($"Exporting… {bytes / 1024} KiB");
                    }
                }
                catch (HttpIOException)
                {
                    throw new CommandFailedException(
                        "The answer was cut off before its end; LeadFunctions may have been stopped, or its store is away. Try again.");
                }

                return bytes;
            });
}
