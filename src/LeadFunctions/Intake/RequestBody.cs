using System.Buffers;
using System.IO.Pipelines;

namespace LeadFunctions.Intake;

/// <param name="Bytes">The body; its first bytes when it was too large.</param>
internal readonly record struct RequestBody(ReadOnlyMemory<byte> Bytes, bool TooLarge)
{
    /// <summary>How much of a too large body is read to its end, so that the sender is still listening when the answer comes.</summary>
    private const long MostToDrain = 16 * 1024 * 1024;

    /// <summary>Reads up to <paramref name="most"/> bytes, whether the length was announced or not.</summary>
    public static async Task<RequestBody> ReadAsync(PipeReader reader, int most, CancellationToken stop)
    {
        try
        {
            return await ReadToEndAsync(reader, most, stop);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException && !stop.IsCancellationRequested)
        {
            // Some nonsense in the framing of chunks comes as this, but is the caller's all the same.
            throw new BadHttpRequestException("The body could not be read.", exception);
        }
    }

    private static async Task<RequestBody> ReadToEndAsync(PipeReader reader, int most, CancellationToken stop)
    {
        while (true)
        {
            var read = await reader.ReadAsync(stop);
            var buffer = read.Buffer;
            if (buffer.Length > most)
            {
                var beginning = buffer.Slice(0, most).ToArray();
                var seen = buffer.Length;
                reader.AdvanceTo(buffer.End);
                await DrainAsync(reader, MostToDrain - seen, stop);
                return new RequestBody(beginning, TooLarge: true);
            }

            if (read.IsCompleted)
            {
                var body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return new RequestBody(body, TooLarge: false);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static async Task DrainAsync(PipeReader reader, long most, CancellationToken stop)
    {
        while (most > 0)
        {
            var read = await reader.ReadAsync(stop);
            most -= read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
