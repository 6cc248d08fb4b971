using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Files;

/// <summary>
/// Appends what a CRM would get to a JSON Lines file, one row for each lead, synced to disk. Leads with a shared row are one row here, too.
/// </summary>
internal sealed class FileDestination(string path, RowOptions options) : IDestination
{
    private readonly RowWriter _rows = new(options);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<Guid> _written = [];
    private long _length = -1;

    public string Preview(LeadDelivery delivery)
    {
        var (row, fault) = _rows.Write(delivery.Lead, delivery.Answers);
        return row is null ? fault! : RequestText.Json(row);
    }

    public async Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop)
    {
        var lead = delivery.Lead;
        var (row, fault) = _rows.Write(lead, delivery.Answers);
        if (row is null)
        {
            return new DeliveryOutcome.Reject(null, fault!);
        }

        await _turn.WaitAsync(stop);
        try
        {
            var text = RequestText.Json(row);
            return Write(lead, row, text) with { Request = text };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _length = -1;
            return new DeliveryOutcome.Retry(null, $"{path} could not be written: {exception.GetType().Name}");
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<CheckResult>>([WriteCheck.OfFile(path), _rows.Check(samples)]);

    private DeliveryOutcome.Delivered Write(Lead lead, JsonObject row, string text)
    {
        PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);
        if (!Append(lead.RowId, text) && lead.SharedRow is not null)
        {
            Change(lead.RowId, row);
        }

        return new DeliveryOutcome.Delivered(null, lead.RowId.ToString());
    }

    /// <summary>False when the file has a row of this id.</summary>
    private bool Append(LeadId id, string row)
    {
        using var file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (file.Length != _length)
        {
            ReadWritten(file);
        }

        var added = _written.Add(id.Value);
        if (added)
        {
            file.Position = file.Length;
            file.Write(Encoding.UTF8.GetBytes(row + "\n"));
            file.Flush(flushToDisk: true);
        }

        _length = file.Length;
        return added;
    }

    /// <summary>As a CRM changes a row: columns that aren't named stay. A kill leaves the old file or the new one.</summary>
    private void Change(LeadId id, JsonObject row)
    {
        var next = path + ".new";
        // A kill may have left one.
        File.Delete(next);
        using (var file = PrivateFiles.Open(next, FileMode.CreateNew, FileAccess.Write))
        {
            foreach (var line in File.ReadLines(path))
            {
                file.Write(Encoding.UTF8.GetBytes((IdOf(line) == id.Value ? Merged(line, row) : line) + "\n"));
            }

            file.Flush(flushToDisk: true);
            _length = file.Length;
        }

        PrivateFiles.KeepMode(path, next);
        File.Move(next, path, overwrite: true);
    }

    private static string Merged(string line, JsonObject row)
    {
        var merged = JsonNode.Parse(line)!.AsObject();
        foreach (var (column, value) in row)
        {
            merged[column] = value?.DeepClone();
        }

        return RequestText.Json(merged);
    }

    /// <summary>
    /// Which leads the file has, when it isn't as this program left it; half a line, from a kill in the middle of a write, is taken off.
    /// </summary>
    private void ReadWritten(FileStream file)
    {
        EndLastLine(file);
        _written.Clear();
        file.Position = 0;
        using var reader = new StreamReader(file, Encoding.UTF8, false, 64 * 1024, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            if (IdOf(line) is { } id)
            {
                _written.Add(id);
            }
        }
    }

    private static Guid? IdOf(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.TryGetProperty("leadid", out var id) && id.TryGetGuid(out var guid) ? guid : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void EndLastLine(FileStream file)
    {
        var start = file.Length;
        while (start > 0)
        {
            file.Position = start - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }

            start--;
        }

        if (start == file.Length)
        {
            return;
        }

        file.Position = start;
        var last = new byte[file.Length - start];
        file.ReadExactly(last);
        if (IdOf(Encoding.UTF8.GetString(last)) is null)
        {
            file.SetLength(start);
        }
        else
        {
            // Whole but for its line end: an editor leaves files so.
            file.WriteByte((byte)'\n');
        }
    }
}
