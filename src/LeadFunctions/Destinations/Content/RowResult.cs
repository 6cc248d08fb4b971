using System.Text.Json.Nodes;

namespace LeadFunctions.Destinations.Content;

/// <summary>A CRM row, or why there can be none.</summary>
internal readonly record struct RowResult(JsonObject? Row, string? Fault);
