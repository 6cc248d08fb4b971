namespace LeadFunctions.Destinations.Content;

/// <summary>A template could not be rendered; the message says why.</summary>
internal sealed class TemplateException(string message, Exception inner) : Exception(message, inner);
