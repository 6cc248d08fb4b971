using System.Globalization;
using LeadFunctions.Hosting;

namespace LeadFunctions.Runs.SignIn;

/// <summary>What came of a key that somebody showed.</summary>
internal abstract record KeyResult
{
    internal sealed record Right(string Name) : KeyResult;

    internal sealed record Wrong : KeyResult;

    /// <summary>It is wrong, like too many others that came from the same address.</summary>
    internal sealed record Locked(TimeSpan Wait) : KeyResult
    {
        public string Seconds => Math.Ceiling(Wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        public string Text => $"This key is wrong, and too many wrong keys came from your address. Try another one in {(Wait > TimeSpan.FromMinutes(1) ? $"{Math.Ceiling(Wait.TotalMinutes)} minutes" : $"{Seconds} seconds")}; a right one is taken at any time.";

        public Problem Problem => new(StatusCodes.Status429TooManyRequests, "Too many wrong keys", Text);
    }
}
