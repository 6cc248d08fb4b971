using System.Diagnostics.CodeAnalysis;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Reads a storage account's connection string, as the Azure portal shows it. Faults never hold what it says.</summary>
internal static class ConnectionText
{
    /// <summary>The emulator's well-known account; its key is no secret.</summary>
    private const string Development =
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1";

    public static bool TryRead(string text, [NotNullWhen(true)] out StorageAccount? account, [NotNullWhen(false)] out string? fault)
    {
        account = null;
        var parts = Parts(text);
        if (parts.TryGetValue("UseDevelopmentStorage", out var development) && bool.TryParse(development, out var emulator) && emulator)
        {
            parts = Parts(Development);
        }

        if (parts.ContainsKey("SharedAccessSignature"))
        {
            fault = "holds a shared access signature, which ends some day; use a connection string with an AccountKey, "
                + "or Store:AccountName alone for a managed identity";
        }
        else if (!parts.TryGetValue("AccountName", out var name) || !parts.TryGetValue("AccountKey", out var key))
        {
            fault = "is not a storage account's connection string: it must hold AccountName and AccountKey "
                + "(the portal shows it under \"Access keys\"), or be UseDevelopmentStorage=true";
        }
        else if (!IsBase64(key))
        {
            fault = "holds an AccountKey that is not Base64; copy it again, whole";
        }
        else if (!TryEndpoint(parts, "Table", name, out var tables) || !TryEndpoint(parts, "Queue", name, out var queues))
        {
            fault = "holds a TableEndpoint, QueueEndpoint, EndpointSuffix or DefaultEndpointsProtocol that makes no address";
        }
        else if (IsOpen(tables) || IsOpen(queues))
        {
            fault = "leads over http; storage is reached over https, except on this machine itself";
        }
        else
        {
            fault = null;
            account = StorageAccount.WithKey(name, tables, queues, key);
        }

        return fault is null;
    }

    private static bool TryEndpoint(Dictionary<string, string> parts, string service, string account, [NotNullWhen(true)] out Uri? endpoint)
    {
        var text = parts.TryGetValue($"{service}Endpoint", out var own)
            ? own.TrimEnd('/')
            : $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://"
                + $"{account}.{service.ToLowerInvariant()}.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}";
        return Uri.TryCreate(text, UriKind.Absolute, out endpoint) && (endpoint.Scheme is "http" or "https");
    }

    private static bool IsOpen(Uri endpoint) => endpoint.Scheme == "http" && !endpoint.IsLoopback;

    private static bool IsBase64(string key) => Convert.TryFromBase64String(key, new byte[key.Length], out var length) && length > 0;

    private static Dictionary<string, string> Parts(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // A key ends with equals signs of its own.
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parts[part[..equals].TrimEnd()] = part[(equals + 1)..].TrimStart();
            }
        }

        return parts;
    }
}
