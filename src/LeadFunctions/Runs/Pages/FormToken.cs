using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>The field that proves that a form came from one of our own pages, in the same browser.</summary>
internal static class FormToken
{
    private const string Name = "token";

    public static Html Field(Session? session) => Shown.Hidden(Name, session?.FormToken);

    public static bool IsIn(IFormCollection form, Session session) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(form[Name].ToString()), Encoding.UTF8.GetBytes(session.FormToken));
}
