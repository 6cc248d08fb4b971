using System.Text;

namespace LeadFunctions.Commands;

/// <summary>UTF-8 of others on its way to a terminal: without what steers one. A program that reads it through a pipe gets every
/// byte.</summary>
internal sealed class TerminalStream : Stream
{
    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();

    // Half of a pair of surrogates is no character yet.
    private string _rest = "";

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var letters = new char[_decoder.GetCharCount(buffer, flush: false)];
        _decoder.GetChars(buffer, letters, flush: false);
        var text = _rest + new string(letters);
        _rest = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[^1..] : "";
        Console.Out.Write(Terminal.Harmless(text[..^_rest.Length]));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => Console.Out.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
