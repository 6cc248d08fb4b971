using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>The fields that prove that a form came from one of our own pages, in the same browser.</summary>
internal static class FormToken
{
    private const string Name = "token";
    private const string ProofName = "confirmed";

    public static Html Field(Session? session) => Shown.Hidden(Name, session?.FormToken);

    public static bool IsIn(IFormCollection form, Session session) => AreSame(form[Name].ToString(), session.FormToken);

    /// <summary>A second token, for what takes two steps: the first one asked about this very act.</summary>
    public static Html Proof(Session session, string act) => Shown.Hidden(ProofName, ProofOf(session, act));

    public static bool IsProven(IFormCollection form, Session session, string act) => AreSame(form[ProofName].ToString(), ProofOf(session, act));

    private static string ProofOf(Session session, string act) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(session.FormToken), Encoding.UTF8.GetBytes(act)));

    private static bool AreSame(string shown, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(right));
}
