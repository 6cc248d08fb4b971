using System.Text;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>A body that was not accepted, kept so that nothing is dropped in silence.</summary>
/// <param name="HttpStatus">The answer it got.</param>
/// <param name="Body">As it came; only its beginning when it was over the size limit.</param>
internal sealed record RefusedBody(
    LeadId Id,
    string Source,
    string? Event,
    DateTimeOffset ReceivedAt,
    int HttpStatus,
    IReadOnlyList<Violation> Violations,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>When somebody had it taken after all; null: nobody has.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    /// <summary>The lead that it turned out to repeat then; null: it became a lead of its own id.</summary>
    public LeadId? Repeats { get; init; }

    /// <summary>The name of the key that was used then.</summary>
    public string? ReplayedBy { get; init; }

    /// <summary>
    /// The body to be read by people, whatever its encoding is; of what is no text at all, what isn't UTF-8 shows as U+FFFD.
    /// </summary>
    public string Text
    {
        get
        {
            var (text, charset) = BodyText.Read(Body, null);
            var isBinary = charset == BodyText.Windows && Body.Span.ContainsAnyInRange((byte)0, (byte)8);
            return Encoding.UTF8.GetString(isBinary ? Body.Span : text.Span);
        }
    }
}
