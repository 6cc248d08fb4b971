using System.Buffers.Binary;
using System.Text;

namespace LeadFunctions.Tests.Remote;

/// <summary>An OTLP receiver (http/protobuf): it keeps the spans, log records and metrics that it is sent, read by the field numbers of opentelemetry-proto 1.x.</summary>
internal sealed class FakeOtlp : LoopbackServer
{
    public static async Task<FakeOtlp> StartAsync()
    {
        var server = new FakeOtlp();
        await server.StartServerAsync();
        return server;
    }

    /// <summary>What makes a program send everything here, soon.</summary>
    public (string Key, string Value)[] Environment =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", Url.ToString()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "300"),
    ];

    public IReadOnlyList<OtlpSpan> Spans => [.. All("/v1/traces", 2).Select(OtlpSpan.Read)];

    public IReadOnlyList<OtlpLog> Logs => [.. All("/v1/logs", 2).Select(pair => OtlpLog.Read(pair.Item))];

    public IReadOnlyList<OtlpMetric> Metrics => [.. All("/v1/metrics", 2).Select(pair => OtlpMetric.Read(pair.Item))];

    /// <summary>Everything that came, as text: strings stand in protobuf as they are.</summary>
    public string Everything => string.Concat(Requests.Select(request => request.PathAndQuery + "\n" + Encoding.UTF8.GetString(request.Content.Span) + "\n"));

    protected override Reply Handle(RecordedRequest request) => new(200, "", "application/x-protobuf");

    /// <summary>Export request → resource (1) → scope (2) → item.</summary>
    private IEnumerable<(string Scope, Proto Item)> All(string path, int item) => Requests
        .Where(request => request.Path == path)
        .SelectMany(request => new Proto(request.Content).Messages(1))
        .SelectMany(resource => resource.Messages(2))
        .SelectMany(scope => scope.Messages(item).Select(message => (scope.Messages(1).Single().Text(1), message)));
}

/// <param name="Links">The linked spans' ids.</param>
/// <param name="Kind">1 internal, 2 server, 3 client, 4 producer, 5 consumer.</param>
/// <param name="Status">0 unset, 1 ok, 2 error.</param>
internal sealed record OtlpSpan(string Scope, string TraceId, string SpanId, string ParentId, string Name, int Kind, ulong Start, ulong End, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links, int Status)
{
    public static OtlpSpan Read((string Scope, Proto Item) span) => new(
        span.Scope,
        span.Item.Hex(1),
        span.Item.Hex(2),
        span.Item.Hex(4),
        span.Item.Text(5),
        (int)span.Item.Number(6),
        span.Item.Number(7),
        span.Item.Number(8),
        span.Item.Tags(9),
        [.. span.Item.Messages(13).Select(link => link.Hex(2))],
        (int)(span.Item.Messages(15).SingleOrDefault()?.Number(3) ?? 0));
}

internal sealed record OtlpLog(string TraceId, string SpanId, string Text, IReadOnlyDictionary<string, string> Tags)
{
    public static OtlpLog Read(Proto log) => new(log.Hex(9), log.Hex(10), log.Messages(5).Single().Text(1), log.Tags(6));
}

/// <param name="Points">The tags and value of each point; of a histogram, its sum.</param>
internal sealed record OtlpMetric(string Name, string Unit, IReadOnlyList<(IReadOnlyDictionary<string, string> Tags, double Value)> Points)
{
    public static OtlpMetric Read(Proto metric) => new(
        metric.Text(1),
        metric.Text(3),
        [
            .. new[] { 5, 7 }.SelectMany(kind => metric.Messages(kind)).SelectMany(data => data.Messages(1)).Select(point => (point.Tags(7), point.Has(6) ? point.Number(6) : point.Real(4))),
            .. metric.Messages(9).SelectMany(data => data.Messages(1)).Select(point => (point.Tags(9), point.Real(5))),
        ]);
}

/// <summary>A protobuf message, read by the wire format alone.</summary>
internal sealed class Proto
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public Proto(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, Varint(message.Span, ref at), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message.Span, ref at);
                    _fields.Add((field, 0, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} is not in use.");
            }
        }
    }

    public bool Has(int field) => _fields.Exists(one => one.Field == field);

    public IEnumerable<Proto> Messages(int field) => _fields.Where(one => one.Field == field).Select(one => new Proto(one.Bytes));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ulong Number(int field) => _fields.FirstOrDefault(one => one.Field == field).Number;

    public double Real(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    /// <summary>Attributes: key (1) and any value (2) of text (1), flag (2), whole number (3) or real one (4).</summary>
    public IReadOnlyDictionary<string, string> Tags(int field) => Messages(field).ToDictionary(tag => tag.Text(1), tag => tag.Messages(2).Single() switch
    {
        var value when value.Has(1) => value.Text(1),
        var value when value.Has(2) => value.Number(2) == 1 ? "true" : "false",
        var value when value.Has(3) => ((long)value.Number(3)).ToString(System.Globalization.CultureInfo.InvariantCulture),
        var value => value.Real(4).ToString(System.Globalization.CultureInfo.InvariantCulture),
    });

    private ReadOnlyMemory<byte> Bytes(int field) => _fields.FirstOrDefault(one => one.Field == field).Bytes;

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }
    }
}
