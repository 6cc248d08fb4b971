using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Runs.SignIn;
using Microsoft.AspNetCore.Http.Features;

namespace LeadFunctions.Runs.Pages;

/// <summary>Reads what a form of these pages sent; they are small.</summary>
internal static class PageForm
{
    private static readonly FormOptions Limits = new() { ValueCountLimit = 32, KeyLengthLimit = 64, ValueLengthLimit = 16 * 1024 };

    /// <summary>Null when it is no form, or none of these pages'.</summary>
    public static async Task<IFormCollection?> ReadAsync(HttpRequest request)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return null;
        }

        try
        {
            return await new FormFeature(request, Limits).ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>The fields that prove that a form came from one of our own pages, in the same browser.</summary>
internal static class FormToken
{
    private const string Name = "token";
    public const string ProofName = "confirmed";

    public static Html Field(Session? session) => Format.Hidden(Name, session?.FormToken);

    public static bool IsIn(IFormCollection form, Session session) => AreSame(form[Name].ToString(), session.FormToken);

    /// <summary>A second token, for what takes two steps: the first one asked about this very action.</summary>
    public static Html Proof(Session session, string action) => Format.Hidden(ProofName, ComputeProof(session, action));

    public static bool IsProven(IFormCollection form, Session session, string action) =>
        AreSame(form[ProofName].ToString(), ComputeProof(session, action));

    private static string ComputeProof(Session session, string action) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(session.FormToken), Encoding.UTF8.GetBytes(action)));

    private static bool AreSame(string shown, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(right));
}
